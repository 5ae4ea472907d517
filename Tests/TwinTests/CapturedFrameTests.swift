import Base
import Mining
import SHA256
import Testing

@testable import Twin

/// The models against bytes of real chips: they were written without the driver, so this holds for both.
@Suite struct CapturedFrameTests {
    static let now = Instant(nanoseconds: 1_000_000_000)

    /// A job of a Bitaxe's session with a pool, as it went to the BM1370.
    static let job = hex(
        """
        55AA2156680100000000043A0217D76854685519A7CB044F88726355919E61A98BCF71A0C28795EA54DB8C36414B06DDF5F0\
        000000000000000096520100 1D3996BCA3F4670DFCD4F201C162B96DFD55646B00000020721C
        """)

    static func hex(_ text: String) -> [UInt8] {
        let digits = text.utf8.filter { $0 != 0x20 && $0 != 0x0A }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            (Hex.value(ofDigit: digits[$0]) ?? 0) << 4 | (Hex.value(ofDigit: digits[$0 + 1]) ?? 0)
        }
    }

    /// A chain that is awake, with everything on its line heard at once.
    func chain(_ model: BM13xxModel, chips: Int = 1) -> BM13xxChainModel {
        let chain = BM13xxChainModel(model, chipCount: chips, simulatedShift: 0, now: Self.now)
        chain.setSupply(chain.usualSupply)
        chain.setReset(false)
        return chain
    }

    func hear(_ bytes: [UInt8], _ chain: BM13xxChainModel) {
        for byte in bytes { chain.hear(SerialWire.Passing(byte: byte, at: Self.now, baud: 115_200)) }
    }

    func said(_ chain: BM13xxChainModel) -> [UInt8] {
        var bytes: [UInt8] = []
        while let passing = chain.toHost.take(by: Self.now + .seconds(100)) { bytes.append(passing.byte) }
        return bytes
    }

    @Test func aShareThatAPoolAcceptedIsReportedByteForByte() throws {
        let chain = chain(.bm1370)
        hear(Self.hex("55AA510900A49000FFFF1C"), chain)
        hear(Self.hex("55AA51090014000000FF08"), chain)
        hear(Self.job, chain)
        let job = try #require(chain.chips[0].job)
        #expect(job.id == 0x68)
        var header = job.header
        header.version = 0x20B4_4000
        let tail = header.tail
        let block = ScanBlock(midstate: header.midstate, tail: (tail.root, tail.time, tail.bits))
        let hash = UInt256(block.hash(nonce: 0x7552_034C))
        let excess = hash.leadingZeroBitCount - 32 - chain.chips[0].ticketBits
        chain.report(0x7552_034C, job, header.version, 2, excess, chip: 0)
        #expect(said(chain) == Self.hex("AA554C0352750CD205A29C"))
    }

    @Test(arguments: [
        ("1370", "55AA520500000A", "AA551370 00000000 06"), ("1366", "55AA520500000A", "AA551366000000000C"),
        ("1397", "55AA520500000A", "AA5513971800000006"),
        ("1370", "55AA510900A49000FFFF1C 55AA520500000A", "AA5513700000000000 0010"),
        ("1362", "55AA510900A49000FFFF1C 55AA520500000A", "AA5513620300000000 001E"),
        ("1368", "55AA510900A49000FFFF1C 55AA520500000A", "AA5513680000000000 000F"),
    ])
    func chipsIdentifyThemselvesAsRealOnesDo(_ model: String, _ question: String, _ answer: String) throws {
        let model = try #require(BM13xxModel.all.first { Hex.text(UInt8($0.digits & 0xFF)) == model.suffix(2) })
        let chain = chain(model)
        hear(Self.hex(question), chain)
        #expect(said(chain) == Self.hex(answer))
    }

    @Test func aFreshChipSaysWhatItsReportRegisterHolds() {
        let chain = chain(.bm1370)
        let question: [UInt8] = [0x52, 0x05, 0x00, 0x18]
        hear([0x55, 0xAA] + question + [CRC5.checksum(of: question)], chain)
        #expect(said(chain) == Self.hex("AA550000C100001802"))
    }

    @Test func damagedFramesAreNotHeard() {
        for position in 2..<7 {
            let chain = chain(.bm1366)
            var question = Self.hex("55AA520500000A")
            question[position] ^= 0x10
            hear(question, chain)
            #expect(said(chain) == [])
            // The next one is.
            hear(Self.hex("55AA520500000A 55AA520500000A"), chain)
            #expect(said(chain).count >= 9)
        }
    }

    @Test func t1ChecksumsAreThoseOfTheDriver() {
        #expect(SPIChainModel.checksum(Self.hex("1A03026F4002000000A1E4230020")[...]) == 0xBFCA)
        #expect(SPIChainModel.checksum(Self.hex("281100044C035275")[...]) == 0xB34F)
    }

    @Test func aT1SaysWhatItMeasures() {
        let chain = SPIChainModel(.t1, chipCount: 3, simulatedShift: 0, now: Self.now)
        let image = Self.hex("026F4002000004A000200000")
        for index in 0..<12 { chain.chips[2].register[index] = image[index] }
        chain.chips[2].register[7] = 0xA0
        chain.chips[2].address = 3
        chain.setTemperature(Celsius(millidegrees: 69_833), ofChip: 2)
        chain.sayRegister(2)
        // 69.8 °C is 1E4; chip 3 has 32 cores and nothing to do.
        #expect(Array(chain.chips[2].answer.prefix(7)) == [0x1A03, 0x026F, 0x4002, 0x0000, 0x04A1, 0xE420, 0x0020])
    }
}
