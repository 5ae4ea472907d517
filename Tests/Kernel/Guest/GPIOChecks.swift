import Base
import Buses
import Peripherals
import Platform

/// The chip is the kernel's gpio-sim with lines FAN0, RST0, PLUG0 and PWREN, in this order; its lines are pulled and seen
/// through its files.
enum GPIOChecks {
    private static let chip = "/sys/devices/platform/gpio-sim.0/gpiochip0"

    private static func place(_ name: String) -> GPIOPlace { GPIOPlace(chip: .any, line: .named(name)) }

    private static func pull(_ line: Int, up: Bool, _ report: inout Report) {
        report.write(up ? "pull-up" : "pull-down", to: "\(chip)/sim_gpio\(line)/pull")
        // The simulated interrupt comes with the guest's next tick.
        Thread.sleep(.milliseconds(3))
    }

    static func run(_ report: inout Report) {
        outputs(&report)
        inputs(&report)
        edges(&report)
        overflow(&report)
        sysfs(&report)
        unplug(&report)
    }

    private static func outputs(_ report: inout Report) {
        let reset = report.run("an active-low output") { () throws(BusFault) in
            try GPIOOutput(place("RST0"), isActiveLow: true, initially: true)
        }
        report.expect("it starts active", report.read("\(chip)/sim_gpio1/value") == "0")
        _ = report.run("set") { () throws(BusFault) in try reset?.set(false) }
        report.expect("inactive is high", report.read("\(chip)/sim_gpio1/value") == "1")
        let isActive = report.run("read back") { () throws(BusFault) in try reset?.isActive() }
        report.expect("the line says so too", isActive == false)
        report.expectFault("a line has one owner", .busy) { () throws(BusFault) in
            try GPIOInput(place("RST0"), isActiveLow: false)
        }
        report.expectFault("a line that is not there", .noBus) { () throws(BusFault) in
            try GPIOInput(place("NOSUCH"), isActiveLow: false)
        }
    }

    private static func inputs(_ report: inout Report) {
        let plug = report.run("an input by label and offset") { () throws(BusFault) in
            try GPIOInput(GPIOPlace(chip: .label("bench"), line: .offset(2)), isActiveLow: true)
        }
        pull(2, up: false, &report)
        report.expect("low is active", report.run("get") { () throws(BusFault) in try plug?.isActive() } == true)
        pull(2, up: true, &report)
        report.expect("high is not", report.run("get") { () throws(BusFault) in try plug?.isActive() } == false)
    }

    private static func edges(_ report: inout Report) {
        pull(0, up: false, &report)
        let start = Clock.now
        let source = report.run("edges of a line") { () throws(BusFault) in
            try GPIOEdges(place("FAN0"), isActiveLow: false, detecting: .both)
        }
        guard let source else { return }
        report.expect("none yet", read(source, &report).isEmpty)
        var seen: [Edge] = []
        for index in 0..<20 {
            pull(0, up: index % 2 == 0, &report)
            seen += read(source, &report)
        }
        report.expect("all came", seen.count == 20 && source.lost == 0)
        var last = start
        var tachometer = EdgeTachometer(pulsesPerRevolution: 2)
        for (index, edge) in seen.enumerated() {
            report.expect("in turn", edge.direction == (index % 2 == 0 ? .toActive : .toInactive))
            report.expect("counted", edge.sequence == UInt32(index + 1))
            report.expect("each later than the one before, on our clock", edge.at > last && edge.at < Clock.now)
            last = edge.at
            tachometer.record(edge)
        }
        report.expect("a tachometer makes a speed of them", tachometer.speed(now: Clock.now).value != nil)
    }

    /// The kernel keeps 16.
    private static func overflow(_ report: inout Report) {
        pull(0, up: false, &report)
        let source = report.run("edges nobody fetches") { () throws(BusFault) in
            try GPIOEdges(place("FAN0"), isActiveLow: false, detecting: .both)
        }
        guard let source else { return }
        for index in 0..<17 { pull(0, up: index % 2 == 0, &report) }
        let kept = read(source, &report)
        pull(0, up: false, &report)
        let next = read(source, &report)
        report.expect("16 are kept", kept.count == 16 && next.count == 1)
        report.expect("the loss is noticed", source.lost == 1)
    }

    private static func read(_ source: GPIOEdges, _ report: inout Report) -> [Edge] {
        var edges = [Edge](repeating: Edge(.toActive, at: Clock.now, sequence: 0), count: 32)
        let count = report.run("read edges") { () throws(BusFault) in
            var span = edges.mutableSpan
            return try source.read(into: &span)
        }
        return Array(edges[..<(count ?? 0)])
    }

    /// The old interface on the same chip.
    private static func sysfs(_ report: inout Report) {
        guard let base = base(&report) else { return report.fail("no gpio-sim below /sys/class/gpio") }
        let output = report.run("a sysfs output") { () throws(BusFault) in
            try SysfsGPIOOutput(base + 3, isActiveLow: true, initially: false)
        }
        report.expect("it starts inactive", report.read("\(chip)/sim_gpio3/value") == "1")
        _ = report.run("set") { () throws(BusFault) in try output?.set(true) }
        report.expect("active is low", report.read("\(chip)/sim_gpio3/value") == "0")
        report.expectFault("the line is taken", .busy) { () throws(BusFault) in
            try GPIOInput(place("PWREN"), isActiveLow: false)
        }
        report.expectFault("a number without line", .unsupported) { () throws(BusFault) in
            try SysfsGPIOInput(base + 300, isActiveLow: false)
        }
        pull(2, up: true, &report)
        let plug = report.run("sysfs edges") { () throws(BusFault) in try SysfsGPIOEdges(base + 2, isActiveLow: true) }
        guard let plug else { return }
        pull(2, up: false, &report)
        var edges = [Edge](repeating: Edge(.toInactive, at: Clock.now, sequence: 0), count: 4)
        let count = report.run("read") { () throws(BusFault) in
            var span = edges.mutableSpan
            return try plug.read(into: &span)
        }
        report.expect("one edge", count == 1 && edges[0].direction == .toActive && edges[0].sequence == 1)
        let none = report.run("read again") { () throws(BusFault) in
            var span = edges.mutableSpan
            return try plug.read(into: &span)
        }
        report.expect("and no more", none == 0)
        report.write("\(base + 2)", to: "/sys/class/gpio/unexport")
        report.write("\(base + 3)", to: "/sys/class/gpio/unexport")
    }

    private static func base(_ report: inout Report) -> UInt16? {
        do throws(FileError) {
            for name in try File.names(in: "/sys/class/gpio") where name.utf8.starts(with: "gpiochip".utf8) {
                if report.read("/sys/class/gpio/\(name)/label") == "bench" { return UInt16(name.dropFirst(8)) }
            }
        } catch {
            report.fail(error.description)
        }
        return nil
    }

    private static func unplug(_ report: inout Report) {
        let line = report.run("a line to be unplugged") { () throws(BusFault) in
            try GPIOOutput(place("PWREN"), isActiveLow: false, initially: false)
        }
        report.write("0", to: "/sys/kernel/config/gpio-sim/bench/live")
        report.expectFault("an unplugged line", .unplugged) { () throws(BusFault) in try line?.set(true) }
    }
}
