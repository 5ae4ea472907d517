/// Something in a board file that has a provenance, and that an operator can confirm by its path.
public struct BoardItem: Equatable, Sendable {
    /// For example `lines.psu_enable`, `chains.board1` or `watchdog`.
    public var path: String
    public var provenance: Provenance
}

extension Board {
    /// Everything that has a provenance, in the order of the sections.
    public var items: [BoardItem] {
        var items: [BoardItem] = []
        func add(_ section: String, _ name: String, _ provenance: Provenance) {
            items.append(BoardItem(path: "\(section).\(name)", provenance: provenance))
        }
        for bus in i2c { add("i2c", bus.name, bus.provenance) }
        for port in uarts { add("uart", port.name, port.provenance) }
        for bus in spi { add("spi", bus.name, bus.provenance) }
        for chip in gpio { add("gpio", chip.name, chip.provenance) }
        for output in pwm { add("pwm", output.name, output.provenance) }
        for line in lines { add("lines", line.name, line.provenance) }
        for supply in supplies { add("supplies", supply.name, supply.provenance) }
        for meter in meters { add("meters", meter.name, meter.provenance) }
        for chain in chipChains { add("chains", chain.name, chain.provenance) }
        for fan in fans { add("fans", fan.name, fan.provenance) }
        for limit in limits { add("limits", limit.name, limit.provenance) }
        for sensor in sensors { add("sensors", sensor.name, sensor.provenance) }
        for memory in eeproms { add("eeproms", memory.name, memory.provenance) }
        if let watchdog { items.append(BoardItem(path: "watchdog", provenance: watchdog.provenance)) }
        if let mains { items.append(BoardItem(path: "mains", provenance: mains.provenance)) }
        return items
    }
}
