import Base
import Buses

/// Rigs to begin with. Their pins are the simulation's own: GPIO chip 0 has the supply's enable line at 0, boards' switches
/// from 1, resets from 11, plug detection from 21 and tachometers from 31; PWM chip 0 has the fans.
extension TwinRigConfiguration {
    /// A rig of the S19 class: four fans in two pairs, an APW12, and two board sensors and an EEPROM for each board.
    public static func s19(boards: Int = 3) -> TwinRigConfiguration {
        let count = min(max(boards, 1), 4)
        var rig = TwinRigConfiguration(
            boards: Array(repeating: .s19, count: count), fans: Array(repeating: .antminer120, count: 4),
            supply: .apw12, cooling: .antminerAir)
        // Each slot has its third of the stream.
        rig.cooling.fullStream *= Double(count) / 3
        rig.lines = lines(boards: count, fans: 4, hasSupplyEnable: true)
        rig.pwms = [PWM(chip: 0, channel: 0, fans: [0, 1]), PWM(chip: 0, channel: 1, fans: [2, 3])]
        // The addresses of sensors and EEPROMs on the common bus, slot by slot, as on Amlogic control boards.
        let sensors: [(inlet: I2CAddress, outlet: I2CAddress)] = [
            (0x48, 0x4C), (0x49, 0x4D), (0x4A, 0x4E), (0x4B, 0x4F),
        ]
        let memories: [I2CAddress] = [0x50, 0x51, 0x52, 0x53]
        for board in 0..<count {
            rig.parts.append(Part(bus: 0, address: sensors[board].inlet, kind: .tmp75(.boardInlet(board))))
            rig.parts.append(Part(bus: 0, address: sensors[board].outlet, kind: .tmp75(.boardOutlet(board))))
            rig.parts.append(Part(bus: 0, address: memories[board], kind: .at24c02([0x11, 0x4A])))
        }
        rig.parts.append(Part(bus: 1, address: 0x10, kind: .apw(type: 0x76, firmware: 0x17)))
        return rig
    }

    /// A rig of the S9 class: two fans, a fixed supply, and a voltage controller on each board.
    public static func s9(boards: Int = 3) -> TwinRigConfiguration {
        let count = min(max(boards, 1), 3)
        var rig = TwinRigConfiguration(
            boards: Array(repeating: .s9, count: count), fans: Array(repeating: .antminer120, count: 2),
            supply: .fixed12V, cooling: .antminerAir)
        rig.cooling.fullStream /= 2
        rig.lines = lines(boards: count, fans: 2, hasSupplyEnable: false)
        rig.pwms = [PWM(chip: 0, channel: 0, fans: [0, 1])]
        let controllers: [I2CAddress] = [0x55, 0x56, 0x57]
        let sensors: [I2CAddress] = [0x4C, 0x4D, 0x4E]
        for board in 0..<count {
            // The real controllers are said to cut the voltage some ten seconds after the last heartbeat.
            rig.parts.append(
                Part(bus: 0, address: controllers[board], kind: .pic16f1704(board: board, lease: .seconds(10))))
            rig.parts.append(
                Part(
                    bus: 0, address: sensors[board],
                    kind: .tmp421(own: .boardOutlet(board), remotes: [.chip(board: board, chip: 62)])))
        }
        return rig
    }

    /// A desk-top miner of the Bitaxe Gamma kind: one chip, an EMC2101 for its fan and its temperature, a TPS546.
    public static func bitaxe() -> TwinRigConfiguration {
        var rig = TwinRigConfiguration(
            boards: [.bitaxe], fans: [.desk60], supply: .fixed5V, cooling: .deskAir, controlBoard: Milliwatts(1000))
        rig.lines = lines(boards: 1, fans: 1, hasSupplyEnable: false)
        rig.parts = [
            Part(bus: 0, address: 0x4C, kind: .emc2101(own: .inletAir, remote: .chip(board: 0, chip: 0), fan: 0)),
            Part(bus: 0, address: 0x24, kind: .tps546d24a(board: 0)),
            Part(bus: 0, address: 0x40, kind: .ina260(board: 0)),
        ]
        return rig
    }

    /// A DragonMint T1: three chains under one supply on I2C that acknowledges nothing.
    public static func t1() -> TwinRigConfiguration {
        var rig = TwinRigConfiguration(
            boards: Array(repeating: .t1, count: 3), fans: Array(repeating: .antminer120, count: 2),
            supply: .fixed12V, cooling: .antminerAir)
        rig.lines = lines(boards: 3, fans: 2, hasSupplyEnable: false)
        rig.pwms = [PWM(chip: 0, channel: 0, fans: [0, 1])]
        rig.parts = [Part(bus: 0, address: 0x01, kind: .t1Supply)]
        for board in 0..<3 {
            let address = I2CAddress(sevenBit: 0x48 + UInt8(board)) ?? 0x48
            rig.parts.append(Part(bus: 0, address: address, kind: .lm75(.boardOutlet(board))))
        }
        return rig
    }

    private static func lines(boards: Int, fans: Int, hasSupplyEnable: Bool) -> [Line] {
        var lines: [Line] = []
        if hasSupplyEnable { lines.append(Line(chip: 0, offset: 0, role: .supplyEnable)) }
        for board in 0..<boards {
            lines.append(Line(chip: 0, offset: UInt32(1 + board), role: .boardEnable(board)))
            lines.append(Line(chip: 0, offset: UInt32(11 + board), role: .boardReset(board)))
            lines.append(Line(chip: 0, offset: UInt32(21 + board), role: .boardPlug(board)))
        }
        for fan in 0..<fans { lines.append(Line(chip: 0, offset: UInt32(31 + fan), role: .tachometer(fan))) }
        return lines
    }
}
