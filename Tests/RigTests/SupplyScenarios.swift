import Base
import Buses

@testable import Rig

/// A supply alone: what it is told, and what is believed of it.
extension PowerScenario {
    private static let apw = ControlSupplyTests.apw

    /// A supply at its voltage, and what it was told from then on.
    private static func started(
        _ disabled: PowerProtections, _ profile: SupplyProfile = apw
    ) -> SupplyBench {
        var bench = SupplyBench(profile, disabling: disabled)
        bench.need = .on
        bench.pass(.seconds(60))
        bench.orders = []
        return bench
    }

    static let supplies: [PowerScenario] = [
        PowerScenario(name: "a supply that a crashed agent left on", guards: [.unknownIsOff]) { disabled in
            var profile = apw
            profile.isMeasured = false
            var bench = SupplyBench(profile, disabling: disabled)
            bench.pass(.seconds(5))
            return bench.orders.first == .off ? [] : ["not told off although nobody knows what it does"]
        },
        PowerScenario(name: "an enable line of the wrong polarity", guards: [.liveWhileOff]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            bench.pass(.seconds(40))
            bench.orders = []
            bench.defect = .alive
            bench.pass(.seconds(10))
            return bench.orders.contains(.off) ? [] : ["live although off, and nobody minds"]
        },
        // hass-miner #170: frequent cycling killed three supplies.
        PowerScenario(name: "off and wanted on again at once", guards: [.discharge]) { disabled in
            var bench = started(disabled)
            bench.isUrgent = true
            bench.need = .none
            bench.pass(.seconds(1))
            bench.need = .on
            let off = bench.now
            var findings = Findings()
            while bench.now - off < .seconds(60), !bench.orders.contains(.on) { bench.pass(.milliseconds(100)) }
            findings.require(bench.now - off >= .seconds(28), "on again before it is discharged")
            return findings.list
        },
        PowerScenario(name: "wanted off for a moment", guards: [.minimumOn]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            bench.need = .on
            while !bench.sequencer.isSupplied, bench.now < Instant(nanoseconds: 1_100_000_000_000) {
                bench.pass(.milliseconds(100))
            }
            bench.orders = []
            bench.need = .none
            bench.pass(.seconds(5))
            return bench.orders.contains(.off) ? ["off within its least time on"] : []
        },
        PowerScenario(name: "off in a hurry right after on", guards: [.urgentOff]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            bench.need = .on
            while !bench.sequencer.isSupplied, bench.now < Instant(nanoseconds: 1_100_000_000_000) {
                bench.pass(.milliseconds(100))
            }
            bench.orders = []
            (bench.need, bench.isUrgent) = (.none, true)
            bench.pass(.milliseconds(100))
            return bench.orders == [.off] ? [] : ["an urgent off waited"]
        },
        PowerScenario(name: "wanted on and off all day", guards: [.cycleBudget]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            for _ in 0..<60 {
                bench.need = .on
                bench.pass(.seconds(95))
                bench.need = .none
                bench.pass(.seconds(10))
            }
            let count = bench.orders.count { $0 == .on }
            return count <= 48 ? [] : ["switched on more often than its day allows"]
        },
        PowerScenario(name: "told off and stays on", guards: [.staysOnTold]) { disabled in
            var bench = started(disabled)
            bench.defect = .staysOn
            (bench.need, bench.isUrgent) = (.none, true)
            bench.pass(.seconds(60))
            var findings = Findings()
            findings.require(bench.sequencer.fault == .staysOn, "nobody is told")
            findings.require(bench.sequencer.state == .switchingOff, "believed off while it is live")
            bench.need = .on
            bench.pass(.seconds(60))
            findings.require(!bench.orders.contains(.on), "switched on although never off")
            return findings.list
        },
        PowerScenario(name: "told off, stays on and cannot be read", guards: [.offIsMeasured]) { disabled in
            var bench = started(disabled)
            bench.defect = .staysOnUnseen
            (bench.need, bench.isUrgent) = (.none, true)
            bench.pass(.seconds(60))
            return bench.sequencer.state == .off ? ["a meter that says nothing was taken for proof"] : []
        },
        PowerScenario(name: "an order is lost on its bus", guards: [.offIsRepeated]) { disabled in
            var bench = started(disabled)
            bench.defect = .deaf
            (bench.need, bench.isUrgent) = (.none, true)
            bench.pass(.seconds(1))
            bench.defect = nil
            bench.pass(.seconds(20))
            return bench.isLive ? ["still on after 20 s"] : []
        },
        PowerScenario(name: "its voltage sinks under load", guards: [.outputCheck]) { disabled in
            var bench = started(disabled)
            bench.defect = .weak
            bench.pass(.seconds(6))
            var findings = Findings()
            findings.require(bench.orders.contains(.off), "on with the wrong voltage")
            findings.require(bench.sequencer.fault != nil, "nobody is told")
            return findings.list
        },
        PowerScenario(name: "it comes up with another voltage than told", guards: [.startCheck]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            bench.defect = .weak
            bench.need = .on
            var findings = Findings()
            for _ in 0..<1200 {
                bench.pass(.milliseconds(100))
                findings.require(!bench.sequencer.isSupplied, "given to boards with the wrong voltage")
            }
            return findings.list
        },
        PowerScenario(name: "it does not come up", guards: [.liveBeforeVoltage]) { disabled in
            var bench = SupplyBench(apw, disabling: disabled)
            bench.defect = .dead
            bench.need = .on
            bench.pass(.seconds(120))
            var findings = Findings()
            findings.require(bench.sequencer.fault == .noOutput, "nobody is told")
            let isTold = bench.orders.contains { if case .voltage = $0 { true } else { false } }
            findings.require(!isTold, "told a voltage while its output is off")
            return findings.list
        },
        PowerScenario(name: "more volts are wanted than the board stands", guards: [.voltageLimits]) { disabled in
            var bench = started(disabled)
            bench.target = Millivolts(16_500)
            bench.pass(.seconds(60))
            return bench.told <= Millivolts(15_000) ? [] : ["told more than the board's limit"]
        },
        PowerScenario(name: "another voltage is wanted at work", guards: [.voltageStep]) { disabled in
            var bench = started(disabled)
            bench.target = Millivolts(14_000)
            var findings = Findings()
            var last = bench.told
            for _ in 0..<300 {
                bench.pass(.milliseconds(100))
                findings.require((bench.told - last) <= Millivolts(100), "more than a tenth of a volt at once")
                last = bench.told
            }
            return findings.list
        },
        // NerdQAxe #683: a glitch on the bus became a fault of the supply.
        PowerScenario(name: "its meter cannot be read for a while", guards: [.unreadableIsNotWrong]) { disabled in
            var bench = started(disabled)
            bench.defect = .unreadable
            bench.pass(.seconds(20))
            return bench.orders.contains(.off) ? ["off for a bus's sake"] : []
        },
        PowerScenario(name: "one reading is wrong", guards: [.patience]) { disabled in
            var bench = started(disabled)
            bench.defect = .weak
            bench.pass(.milliseconds(300))
            bench.defect = nil
            bench.pass(.seconds(5))
            return bench.orders.contains(.off) ? ["off for one wrong reading"] : []
        },
        PowerScenario(name: "a regulator that remembers another voltage", guards: [.voltageBeforeOn]) { disabled in
            let profile = SupplyProfile.regulator(
                "vdd", limits: Millivolts(1000)...Millivolts(1300), start: Millivolts(1150))
            var bench = SupplyBench(profile, disabling: disabled)
            bench.need = .on
            bench.pass(.seconds(10))
            let on = bench.orders.firstIndex(of: .on)
            let voltage = bench.orders.firstIndex(of: .voltage(Millivolts(1150)))
            guard let on, let voltage, voltage < on else { return ["on before it was told its voltage"] }
            return []
        },
    ]
}
