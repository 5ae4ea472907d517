import Base
import Buses
import Peripherals
import Testing

@Suite struct T1SupplyTests {
    let bus = FakeI2CBus()

    @Test func framesAsDocumented() throws {
        let supply = T1Supply(on: bus)
        try supply.setVoltage(.highestVoltage, chain: 1)
        try supply.setPower(true, chain: 2)
        try supply.setPower(false, chain: 2)
        try supply.setTimeout(.seconds(60))
        try supply.setTimeout(.seconds(61))
        #expect(
            bus.trace == [
                .writeUnacknowledged(1, [0x00, 0xAB, 0x00, 0x83, 0x00, 0x04, 0x01, 0x00, 0x48, 0x06, 0x81, 0xCD]),
                .writeUnacknowledged(1, [0x00, 0xAB, 0x00, 0x85, 0x00, 0x02, 0x02, 0x01, 0x35, 0xCD]),
                .writeUnacknowledged(1, [0x00, 0xAB, 0x00, 0x85, 0x00, 0x02, 0x02, 0x02, 0x36, 0xCD]),
                .writeUnacknowledged(1, [0x00, 0xAB, 0x00, 0x70, 0x00, 0x01, 0x02, 0x1E, 0xCD, 0x00]),
                .writeUnacknowledged(1, [0x00, 0xAB, 0x00, 0x70, 0x00, 0x01, 0x03, 0x1F, 0xCD, 0x00]),
            ])
    }

    @Test func nonsenseIsRefused() {
        let supply = T1Supply(on: bus)
        for chain: UInt8 in [0, 9, 255] {
            #expect(throws: ChipFault(.t1Supply, .unsupported(chain))) { try supply.setPower(true, chain: chain) }
        }
        for seconds in [0, -30, 7651] {
            #expect(throws: ChipFault(.t1Supply, .outOfRange(requested: Int32(seconds), allowed: 1...7650))) {
                try supply.setTimeout(.seconds(seconds))
            }
        }
        #expect(bus.trace.isEmpty)
    }

    @Test func aControllerThatCannotIgnoreNAKSaysSo() {
        bus.faults[0] = .unsupported
        #expect(
            throws: ChipFault(
                .t1Supply, .bus(BusFault(.unsupported, bus: bus.name, address: 0x01, operation: "")))
        ) { try T1Supply(on: bus).setPower(false, chain: 1) }
    }
}

@Suite struct InnosiliconVIDTests {
    static let levels: [UInt8] = [
        54, 60, 67, 73, 80, 86, 93, 99, 106, 112, 119, 125, 132, 138, 145, 151, 158, 164, 171, 177, 184, 190, 197,
        203, 210, 216, 223, 229, 236, 242, 248, 255,
    ]

    @Test func allLevels() throws {
        for number in UInt8(0)...31 {
            let level = try #require(InnosiliconVID(number))
            #expect(level.supplyVoltage == Millivolts(1608 - 9 * Int32(number)))
            #expect(InnosiliconVID(supplyVoltage: level.supplyVoltage) == level)
            #expect(level.uartLevel == InnosiliconVIDTests.levels[Int(number)])
            let frame = level.uartFrame
            #expect((1..<5).reduce(0 as UInt8) { $0 &+ frame[$1] } == 0)
        }
        #expect(InnosiliconVID(32) == nil)
        #expect(InnosiliconVID.lowestVoltage < .highestVoltage)
        #expect(InnosiliconVID(supplyVoltage: Millivolts(1607)) == nil)
        #expect(InnosiliconVID(supplyVoltage: Millivolts(1617)) == nil)
        #expect(InnosiliconVID(supplyVoltage: Millivolts(1320)) == nil)
    }

    @Test func uartFramesAsDocumented() {
        func bytes(_ level: InnosiliconVID) -> [UInt8] { level.uartFrame.indices.map { level.uartFrame[$0] } }
        #expect(bytes(.highestVoltage) == [0xAA, 0x02, 0x01, 0x36, 0xC7])
        #expect(bytes(.lowestVoltage) == [0xAA, 0x02, 0x01, 0xFF, 0xFE])
    }

    @Test func pwmIsInverted() {
        #expect(InnosiliconVID.pwmDuty(levelPercent: 30) == DutyCycle(percent: 70))
        #expect(InnosiliconVID.pwmDuty(levelPercent: 200) == .off)
    }

    @Test func strapsChooseThePath() {
        #expect((UInt8(0)...3).map { InnosiliconVID.Path(rawValue: $0) } == [.i2cSupply, nil, .uart, .pwm])
    }
}
