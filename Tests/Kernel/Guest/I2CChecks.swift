import Base
import Buses
import Platform

enum I2CChecks {
    private static func device(_ bus: I2CDevBus, _ address: UInt16) -> I2CDevice? {
        I2CAddress(sevenBit: UInt8(truncatingIfNeeded: address)).map { I2CDevice(bus, at: $0) }
    }

    static func run(_ report: inout Report) {
        let plain = report.run("i2c-dev opens") { () throws(BusFault) in try I2CDevBus(number: 0) }
        if let plain {
            report.expect("plain I2C has long messages", plain.limits.longestRead == 8192)
            registers(plain, &report)
            faults(plain, &report)
            kernelDriver(plain, &report)
        }
        report.expectFault("no such bus", .noBus) { () throws(BusFault) in try I2CDevBus(number: 9) }
        if let stub = report.run("an SMBus adapter opens", { () throws(BusFault) in try I2CDevBus(number: 1) }) {
            report.expect("SMBus has short messages", stub.limits == I2CLimits(longestWrite: 33, longestRead: 32))
            registers(stub, &report)
            smbus(stub, &report)
        }
    }

    /// The same on both kinds of adapter.
    private static func registers(_ bus: I2CDevBus, _ report: inout Report) {
        guard let device = device(bus, CheckDevices.Device.memory) else { return }
        let word = report.run("bytes and words") { () throws(BusFault) in
            try device.writeByte(0x12, to: 0x20)
            let smbus = SMBusDevice(device, usesPEC: false)
            try smbus.writeWord(0xBEEF, to: 0x30)
            return (try device.readByte(0x20), try smbus.readWord(0x30))
        }
        report.expect("they are read back", word?.0 == 0x12 && word?.1 == 0xBEEF)
    }

    private static func smbus(_ bus: I2CDevBus, _ report: inout Report) {
        guard let device = device(bus, CheckDevices.Device.memory) else { return }
        let block: [UInt8] = [0x40, 1, 2, 3, 4, 5, 6, 7, 8]
        var read = [UInt8](repeating: 0, count: 8)
        let byte = report.run("a block") { () throws(BusFault) in
            try device.write(block.span)
            var span = read.mutableSpan
            try device.read(0x40, into: &span)
            // A register alone is SMBus's send byte, a read alone its receive byte.
            try device.write([0x43].span)
            let one: InlineArray<1, UInt8> = try received(device)
            return one[0]
        }
        report.expect("it is read back", read == Array(block.dropFirst()) && byte == 4)
        report.expectFault("a transfer that no SMBus call makes", .unsupported) { () throws(BusFault) in
            let _: InlineArray<4, UInt8> = try received(device)
        }
    }

    private static func received<let count: Int>(
        _ device: I2CDevice
    ) throws(BusFault) -> InlineArray<count, UInt8> {
        var bytes = InlineArray<count, UInt8>(repeating: 0)
        var span = bytes.mutableSpan
        try device.read(into: &span)
        return bytes
    }

    private static func faults(_ bus: I2CDevBus, _ report: inout Report) {
        func read(_ address: UInt16) throws(BusFault) -> UInt8? { try device(bus, address)?.readByte(0) }
        report.expectFault("nobody there (ENXIO)", .noAcknowledge) { () throws(BusFault) in try read(0x70) }
        report.expectFault("nobody there (EREMOTEIO)", .noAcknowledge) { () throws(BusFault) in
            try read(CheckDevices.Device.noAcknowledge)
        }
        report.expectFault("arbitration lost (EAGAIN)", .arbitrationLost) { () throws(BusFault) in
            try read(CheckDevices.Device.arbitrationLost)
        }
        report.expectFault("lines held low (EBUSY)", .busStuck) { () throws(BusFault) in
            try read(CheckDevices.Device.stuckBus)
        }
        report.expectFault("a silent controller", .timeout) { () throws(BusFault) in
            try read(CheckDevices.Device.silent)
        }
        report.expectFault("ignoring a missing acknowledge", .unsupported) { () throws(BusFault) in
            try device(bus, 0x70)?.write([1].span, options: .ignoreNAK)
        }
        let after = report.run("the bus works on") { () throws(BusFault) in try read(CheckDevices.Device.memory) }
        report.expect("and answers", after == 0)
    }

    private static func kernelDriver(_ bus: I2CDevBus, _ report: inout Report) {
        report.write("lm75 0x48", to: "/sys/bus/i2c/devices/i2c-0/new_device")
        report.expectFault("a driver's device", .ownedByKernelDriver) { () throws(BusFault) in
            try device(bus, CheckDevices.Device.lm75)?.readByte(0)
        }
        let reading = report.run("the driver's sensor") { () throws(BusFault) in
            let chip = try HwmonChip("lm75", device: "0-0048")
            return try HwmonTemperature(chip, channel: 1).temperature(now: Clock.now)
        }
        report.expect("it reads 25 degrees", reading?.value == .degrees(25))
        report.expectFault("a sensor of another place", .noBus) { () throws(BusFault) in
            try HwmonChip("lm75", device: "0-0049")
        }
        report.write("0x48", to: "/sys/bus/i2c/devices/i2c-0/delete_device")
        let free = report.run("the device once the driver lets go") { () throws(BusFault) in
            try device(bus, CheckDevices.Device.lm75)?.readBigEndianWord(0)
        }
        report.expect("it reads the same", free == 25 << 8)
    }

    static func runWithoutServer(_ report: inout Report) {
        report.expectFault("nobody there at all", .noAcknowledge) { () throws(BusFault) in
            try device(I2CDevBus(number: 0), CheckDevices.Device.memory)?.readByte(0)
        }
    }
}
