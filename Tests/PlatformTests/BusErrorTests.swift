import Buses
import Testing

@testable import Platform

/// What the kernel's error numbers mean on each kind of bus (Docs/platform.md).
@Suite struct BusErrorTests {
    @Test(arguments: [
        (Errno.noEntry, BusFault.Kind.noBus), (.noDevice, .noBus), (.noSuchDeviceOrAddress, .noBus),
        (.accessDenied, .permission), (.notPermitted, .permission), (.busy, .busy), (.wouldBlock, .busy),
        (.notATerminal, .unsupported), (.invalidArgument, .unsupported), (.noMemory, .other(errno: 12)),
    ])
    func opening(errno: Errno, kind: BusFault.Kind) {
        #expect(BusFault.Kind(opening: errno) == kind)
    }

    @Test(arguments: [
        (Errno.noSuchDeviceOrAddress, BusName.Medium.i2c, BusFault.Kind.noAcknowledge),
        (.remoteIO, .i2c, .noAcknowledge), (.wouldBlock, .i2c, .arbitrationLost), (.timedOut, .i2c, .timeout),
        (.busy, .i2c, .busStuck), (.noDevice, .i2c, .unplugged), (.inputOutput, .i2c, .other(errno: 5)),
        (.timedOut, .spi, .timeout), (.noDevice, .spi, .unplugged), (.transportShutDown, .spi, .unplugged),
        (.invalidArgument, .spi, .unsupported), (.busy, .spi, .busy), (.remoteIO, .spi, .other(errno: 121)),
        (.inputOutput, .uart, .unplugged), (.noSuchDeviceOrAddress, .uart, .unplugged),
        (.wouldBlock, .gpio, .busy), (.notPermitted, .gpio, .permission), (.noEntry, .pwm, .unplugged),
    ])
    func using(errno: Errno, medium: BusName.Medium, kind: BusFault.Kind) {
        #expect(BusFault.Kind(errno, on: medium) == kind)
    }

    @Test func whatIsNotThereIsSaidSo() {
        let spi = BusFault(.noBus, bus: BusName(.spi, 9999), address: 3, operation: "open")
        #expect(throws: spi) { try SpidevBus(bus: 9999, chipSelect: 3, mode: .mode1, clock: .init(1_000_000)) }
        let i2c = BusFault(.noBus, bus: BusName(.i2c, 9999), operation: "open")
        #expect(throws: i2c) { try I2CDevBus(number: 9999) }
        let uart = BusFault(.noBus, bus: BusName(.uart, 7), operation: "open")
        #expect(throws: uart) { try TermiosPort("/dev/ttyBallast7", name: BusName(.uart, 7), baud: 115_200) }
        let gpio = BusFault(.noBus, bus: BusName(.gpio, 9999), address: 4, operation: "open")
        #expect(throws: gpio) {
            try GPIOOutput(
                GPIOPlace(chip: .number(9999), line: .offset(4)), isActiveLow: false, initially: false)
        }
        let pwm = BusFault(.noBus, bus: BusName(.pwm, 9999), address: 1, operation: "open")
        #expect(throws: pwm) { try SysfsPWM(chip: 9999, channel: 1) }
        let watchdog = BusFault(.noBus, bus: BusName(.watchdog, 9999), operation: "open")
        #expect(throws: watchdog) { try KernelWatchdog(number: 9999).arm(timeout: .seconds(10)) }
    }
}
