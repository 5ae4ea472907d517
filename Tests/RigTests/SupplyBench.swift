import Base
import Buses
import Peripherals
import Testing

@testable import Rig

/// A sequencer with a supply that does what it is told, unless it is told to be broken.
struct SupplyBench {
    enum Defect {
        case dead, weak, staysOn, unreadable
        /// It stays on, and its meter is dead too.
        case staysOnUnseen
        /// Its output comes by itself.
        case alive
        /// Orders do not reach it.
        case deaf
    }

    var sequencer: SupplySequencer
    var ledger = CycleLedger(supplyCount: 1, boardCount: 0)
    var plan = ControlPlan()
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var day: Int64? = 20_000
    var need = SupplyNeed.none
    var isUrgent = false
    var target: Millivolts
    var defect: Defect?
    var orders: [SupplyOrder] = []
    var persisted = 0
    var lastLive = Instant(nanoseconds: 0)
    private var isOn = true
    private(set) var told = Millivolts(12_000)
    private(set) var output = Millivolts(12_000)

    init(_ profile: SupplyProfile, disabling disabled: PowerProtections = []) {
        sequencer = SupplySequencer(index: 0, profile: profile, disabling: disabled, now: now)
        target = profile.start
        told = profile.start
    }

    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while now < end {
            now = now + .milliseconds(100)
            move()
            if isLive { lastLive = now }
            sequencer.tick(
                need: need, isUrgent: isUrgent, target: target, voltage: reading, ledger: &ledger, day: day,
                now: now, into: &plan)
            obey()
        }
    }

    /// Whether the supply makes a voltage, whatever it was told.
    var isLive: Bool { isOn || defect == .staysOn || defect == .staysOnUnseen || defect == .alive }

    private var reading: Reading<Millivolts> {
        defect == .unreadable || defect == .staysOnUnseen ? .failed(.allOnes) : .ok(output, at: now)
    }

    /// 0.1 V in 0.1 s upward, gone in half a second downward.
    private mutating func move() {
        guard isLive else {
            output = max(.zero, output - Millivolts(3000))
            return
        }
        switch defect {
        case .dead: output = .zero
        case .weak: output = told - Millivolts(1000)
        default: output = output < told ? min(told, max(output + Millivolts(100), Millivolts(11_900))) : told
        }
    }

    private mutating func obey() {
        var actions: [ControlAction] = []
        plan.drain(into: &actions)
        for action in actions {
            switch action {
            case .supply(0, let order):
                orders.append(order)
                if defect == .deaf { continue }
                switch order {
                case .on: isOn = true
                case .off: isOn = false
                case .voltage(let voltage): told = voltage
                }
            case .persist(.cycles): persisted += 1
            default: Issue.record("unexpected \(action)")
            }
        }
    }

    /// Off, discharged, on and at its voltage.
    mutating func start() {
        need = .on
        pass(.seconds(60))
        #expect(sequencer.state == .on)
        orders = []
    }
}
