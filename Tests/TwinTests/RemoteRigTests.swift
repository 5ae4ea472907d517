import Base
import Buses
import Testing

@testable import Twin

/// A rig of one part of each kind, reached through the bytes of the remote protocol.
private final class OnePartEach: RemoteTarget, I2CBus, SPIBus, UARTPort, OutputLine, PWMChannel, Tachometer,
    HardwareWatchdog
{
    var name: BusName { BusName(.i2c, 3) }
    let limits = I2CLimits(longestWrite: 64, longestRead: 64)
    let longestTransfer = 4096
    var clock = Hertz(1_000_000)
    var isOn = false
    var setting = PWMSetting(period: 40_000, duty: .full)
    var revolutions: Int32 = 4200
    var isArmed = false
    var fault: BusFault.Kind?
    let now = Instant(nanoseconds: 77)

    func i2c(_ number: UInt16) -> (any I2CBus)? { number == 3 ? self : nil }
    func spi(_ number: UInt16) -> (any SPIBus)? { number == 3 ? self : nil }
    func uart(_ number: UInt16) -> (any UARTPort)? { number == 3 ? self : nil }
    func output(_ chip: UInt16, _ offset: UInt32) -> (any OutputLine)? { offset == 9 ? self : nil }
    func input(_ chip: UInt16, _ offset: UInt32) -> (any InputLine)? { nil }
    func pwm(_ chip: UInt16, _ channel: UInt32) -> (any PWMChannel)? { self }
    func fan(_ number: UInt16) -> (any Tachometer)? { self }
    var watchdog: (any HardwareWatchdog)? { self }
    func command(_ line: [UInt8]) -> TwinAnswer {
        TwinAnswer(isAccepted: !line.isEmpty, text: "heard \(String(decoding: line, as: UTF8.self))")
    }

    private func check() throws(BusFault) {
        if let fault { throw BusFault(fault, bus: name, operation: "test") }
    }

    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, options: I2COptions
    ) throws(BusFault) {
        try check()
        for index in read.indices { read[index] = write[0] &+ address.value &+ UInt8(index) &+ options.rawValue }
    }

    func setClock(_ clock: Hertz) throws(BusFault) { self.clock = clock }

    func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) {
        try check()
        for index in bytes.indices { bytes[index] = ~bytes[index] }
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) {}

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) {}

    func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) -> Int {
        try check()
        bytes[0] = 0xAA
        bytes[1] = 0x55
        return 2
    }

    func write(_ bytes: Span<UInt8>) throws(BusFault) -> Int { bytes.count - 1 }
    func unsent() throws(BusFault) -> Int { 5 }
    func setBaud(_ baud: UInt32) throws(BusFault) -> UInt32 { baud - 1 }
    func discardInput() throws(BusFault) { try check() }
    func sendBreak() throws(BusFault) {}
    func set(_ active: Bool) throws(BusFault) { isOn = active }
    func isActive() throws(BusFault) -> Bool { isOn }
    func apply(_ setting: PWMSetting) throws(BusFault) { self.setting = setting }
    func current() throws(BusFault) -> PWMSetting { setting }

    func speed(now: Instant) -> Reading<RPM> {
        revolutions == 0 ? .failed(.stopped) : .ok(RPM(revolutions), at: now)
    }

    func arm(timeout: Duration) throws(BusFault) -> Duration {
        isArmed = true
        return timeout + .seconds(1)
    }

    func feed() throws(BusFault) { try check() }
    func disarm() throws(BusFault) { isArmed = false }
}

/// Hands requests to the server as a socket would, bytes only.
private final class LoopedLink: RemoteLink {
    let server: RemoteServer
    var isDead = false

    init(_ target: any RemoteTarget) { server = RemoteServer(target) }

    func call(_ request: borrowing Span<UInt8>) throws(BusFault) -> ArraySlice<UInt8> {
        if isDead { throw BusFault(.unplugged, bus: BusName(.i2c, 0), operation: "call") }
        var bytes: [UInt8] = []
        for index in request.indices { bytes.append(request[index]) }
        #expect(Int(bytes[0]) | Int(bytes[1]) << 8 == bytes.count - 2)
        var answer = WireWriter()
        server.serve(bytes[2...], into: &answer)
        #expect(Int(answer.bytes[0]) | Int(answer.bytes[1]) << 8 == answer.bytes.count - 2)
        return answer.bytes[2...]
    }
}

@Suite struct RemoteRigTests {
    private let rig = OnePartEach()
    private let link: LoopedLink

    init() { link = LoopedLink(rig) }

    @Test func transfersCrossWithTheirBytes() throws {
        let i2c = RemoteI2CBus(3, over: link)
        var read: [UInt8] = [0, 0, 0]
        var span = read.mutableSpan
        try i2c.transfer(0x20, write: ([0x07] as [UInt8]).span, read: &span, options: .ignoreNAK)
        #expect(read == [0x28, 0x29, 0x2A])

        let spi = RemoteSPIBus(3, clock: Hertz(400_000), over: link)
        try spi.setClock(Hertz(1_562_500))
        #expect(rig.clock == Hertz(1_562_500))
        var bytes: [UInt8] = [0x0F, 0xA5]
        var exchanged = bytes.mutableSpan
        try spi.exchange(&exchanged)
        #expect(bytes == [0xF0, 0x5A])

        let uart = RemoteUART(3, over: link)
        var received = [UInt8](repeating: 0, count: 16)
        var room = received.mutableSpan
        #expect(try uart.read(into: &room) == 2)
        #expect(received.prefix(2) == [0xAA, 0x55])
        #expect(try uart.write(([1, 2, 3] as [UInt8]).span) == 2)
        #expect(try uart.unsent() == 5)
        #expect(try uart.setBaud(3_125_000) == 3_124_999)
    }

    @Test func linesFansAndTheWatchdogAreReached() throws {
        let line = RemoteLine(chip: 0, offset: 9, over: link)
        try line.set(true)
        #expect(rig.isOn)
        #expect(try line.isActive())

        let pwm = RemotePWM(chip: 0, channel: 1, over: link)
        let setting = PWMSetting(period: 100_000, duty: .full, polarity: .inverted, isEnabled: false)
        try pwm.apply(setting)
        #expect(rig.setting == setting)
        #expect(try pwm.current() == setting)

        let fan = RemoteFan(0, over: link)
        #expect(fan.speed(now: Instant(nanoseconds: 5)) == .ok(RPM(4200), at: Instant(nanoseconds: 5)))
        rig.revolutions = 0
        #expect(fan.speed(now: Instant(nanoseconds: 6)) == .failed(.stopped))

        let watchdog = RemoteWatchdog(over: link)
        #expect(try watchdog.arm(timeout: .seconds(4)) == .seconds(5))
        try watchdog.feed()
        try watchdog.disarm()
        #expect(!rig.isArmed)

        let console = RemoteConsole(over: link)
        #expect(
            try console.command(Array("fail fan1 stall".utf8)) == .init(isAccepted: true, text: "heard fail fan1 stall")
        )
        #expect(try console.command([]) == .init(isAccepted: false, text: "heard "))
    }

    @Test(arguments: [
        BusFault.Kind.noBus, .noAcknowledge, .busStuck, .arbitrationLost, .timeout,
        .shortTransfer(expected: 9, actual: -1), .checksum(expected: 3, found: 200),
        .blockLength(found: 33, expected: 6),
        .ownedByKernelDriver, .busy, .deviceReset, .unsupported, .tooLong(limit: 4096), .writeRefused, .permission,
        .unplugged, .overrun, .other(errno: 71),
    ])
    func everyFaultCrossesUnchanged(kind: BusFault.Kind) {
        rig.fault = kind
        let bus = RemoteI2CBus(3, over: link)
        #expect(throws: BusFault(kind, bus: BusName(.i2c, 3), address: 0x48, operation: "transfer")) {
            var nothing = MutableSpan<UInt8>()
            try bus.transfer(0x48, write: ([1] as [UInt8]).span, read: &nothing, options: [])
        }
    }

    @Test func whatIsNotThereIsUnsupportedAndADeadRigIsUnplugged() {
        #expect(throws: BusFault(.unsupported, bus: BusName(.uart, 8), operation: "discard input")) {
            try RemoteUART(8, over: link).discardInput()
        }
        link.isDead = true
        #expect(throws: BusFault(.unplugged, bus: BusName(.watchdog, 0), operation: "feed")) {
            try RemoteWatchdog(over: link).feed()
        }
    }

    /// Whatever arrives, there is an answer of the right form and no crash.
    @Test func damagedRequestsAreRefused() {
        var state: UInt64 = 42
        var answer = WireWriter()
        for length in 0..<600 {
            let bytes = (0..<(length % 40)).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56) % (length % 2 == 0 ? 20 : 255)
            }
            link.server.serve(bytes[...], into: &answer)
            #expect(answer.bytes.count >= 3)
        }
    }
}
