import Base
import Buses

extension Plant {
    /// Carries out what is due by now.
    func runAgenda() {
        // Ends: events that are due are finitely many, and an event puts its own end later than itself.
        while let event = agenda.next(until: time) {
            switch event {
            // What was put on the agenda was checked then; only a chain may have been exchanged for one that refuses.
            case .action(let action): _ = perform(action)
            case .end(let fault): end(fault)
            }
        }
    }

    /// Carries out an action at once.
    /// - Returns: why not, or nil.
    func perform(_ action: TwinAction) -> TwinFaultRefusal? {
        if let refusal = refusal(of: action) { return refusal }
        switch action {
        case .inject(let fault, let duration): return inject(fault, for: duration)
        case .clear(let fault): end(fault)
        case .clearAll:
            for fault in standing { end(fault) }
        case .set(let setting): set(setting)
        }
        return nil
    }

    /// Why this rig cannot do it; nil when it can.
    func refusal(of action: TwinAction) -> TwinFaultRefusal? {
        switch action {
        case .inject(let fault, _), .clear(let fault): refusal(of: fault)
        case .clearAll, .set: nil
        }
    }

    private func inject(_ fault: TwinFault, for duration: Duration?) -> TwinFaultRefusal? {
        if case .board(let board, let change) = fault, let chain = boards[board].chain {
            let isTaken =
                switch change {
                case .chainSilent: chain.inject(.silent(true))
                case .deadChips(let count): chain.inject(.deadChips(count))
                default: true
                }
            if !isTaken { return .unsupportedByChain(board: board + 1) }
        }
        agenda.forgetEnd(of: fault)
        if let duration, !agenda.add(.end(fault), at: time + max(duration, Plant.fine)) {
            return .tooMany(limit: Agenda.limit)
        }
        standing.removeAll { $0.isSamePlace(as: fault) }
        if !fault.isOfTheMoment { standing.append(fault) }
        apply(fault, isCleared: false)
        return nil
    }

    private func end(_ fault: TwinFault) {
        agenda.forgetEnd(of: fault)
        standing.removeAll { $0.isSamePlace(as: fault) }
        apply(fault, isCleared: true)
    }

    private func set(_ setting: TwinSetting) {
        switch setting {
        case .ambient(let ambient): cooling.ambient = Double(ambient.millidegrees) / 1000
        case .mains(let volts): nominalMains = Double(volts)
        case .frequency(let goal, let rate): wave.go(to: goal, perSecond: rate)
        case .phase(let degrees): wave.phase += degrees
        case .recirculation(let permille): nominalRecirculation = Double(permille) / 1000
        }
        stepFinely(from: time)
    }

    private func refusal(of fault: TwinFault) -> TwinFaultRefusal? {
        switch fault {
        case .sensor(let name, _): return probes.contains { $0.name == name } ? nil : .noSensor(name)
        case .allSensors, .supply, .air, .mains, .agent: return nil
        case .fan(let fan, let change):
            guard fans.indices.contains(fan) else { return .noFan(fan + 1) }
            if case .lostWrites = change, !pwms.contains(where: { $0.drives(fans[fan]) }) {
                return .noPWM(fan: fan + 1)
            }
            return nil
        case .board(let board, let change):
            guard boards.indices.contains(board) else { return .noBoard(board + 1) }
            let needsRegulator = change == .regulatorDead || change == .regulatorTripped
            if needsRegulator, boards[board].converter == nil { return .noRegulator(board: board + 1) }
            return nil
        case .bus(let number, _): return wires.contains { $0.number == number } ? nil : .noBus(number)
        case .part(let number, let address, _):
            guard let wire = wires.first(where: { $0.number == number }) else { return .noBus(number) }
            return wire.hasPart(at: address) ? nil : .noPart(number, address)
        }
    }

    private func apply(_ fault: TwinFault, isCleared: Bool) {
        switch fault {
        case .sensor(let name, let change):
            for probe in probes where probe.name == name { set(probe, isCleared ? nil : change) }
        case .allSensors(let change):
            for probe in probes { set(probe, isCleared ? nil : change) }
        case .fan(let fan, let change): apply(change, to: fans[fan], isCleared: isCleared)
        case .board(let board, let change): apply(change, to: boards[board], isCleared: isCleared)
        case .supply(let change): supply.fault = isCleared ? nil : change
        case .bus(let number, let change):
            for wire in wires where wire.number == number { wire.fault = isCleared ? nil : change }
        case .part(let number, let address, let change):
            for wire in wires where wire.number == number {
                apply(change, to: wire, at: address, isCleared: isCleared)
            }
        case .air(let change): apply(change, isCleared: isCleared)
        case .mains(let volts): mainsFault = isCleared ? nil : Double(volts)
        case .agent(let change): agent = isCleared ? nil : change
        }
        stepFinely(from: time)
    }

    private func set(_ probe: SensorProbe, _ fault: TwinSensorFault?) {
        probe.set(fault)
        for wire in wires where wire.number == probe.bus { wire.setDead(fault == .dead, at: probe.address) }
    }

    private func apply(_ fault: TwinFanFault, to fan: FanUnit, isCleared: Bool) {
        switch fault {
        case .stalled: fan.condition = isCleared ? .healthy : .stalled
        case .dead: fan.condition = isCleared ? .healthy : .dead
        case .worn(let permille): fan.condition = isCleared ? .healthy : .worn(permille: permille)
        case .tachometerLost: fan.isTachometerLost = !isCleared
        case .tachometerZero: fan.isCounterZero = !isCleared
        case .lostWrites(let count):
            for pwm in pwms where pwm.drives(fan) { pwm.lostWrites = isCleared ? 0 : count }
        }
    }

    private func apply(_ fault: TwinBoardFault, to board: BoardUnit, isCleared: Bool) {
        switch fault {
        case .enableStuck(let closed): board.enable.stuck = isCleared ? nil : closed
        case .resetStuck(let active): board.reset.stuck = isCleared ? nil : active
        case .regulatorDead: board.converter?.isDead = !isCleared
        case .regulatorTripped: board.converter?.setTripped(!isCleared)
        case .absent:
            board.isAbsent = !isCleared
            board.plug.drive(isCleared)
        // Putting them in place is `inject`'s affair, which asks the chain.
        case .chainSilent: if isCleared { _ = board.chain?.inject(.silent(false)) }
        case .deadChips: if isCleared { _ = board.chain?.inject(.deadChips(0)) }
        }
    }

    private func apply(_ fault: TwinPartFault, to wire: I2CWire, at address: I2CAddress, isCleared: Bool) {
        switch fault {
        case .dead: wire.setDead(!isCleared, at: address)
        case .reset: if !isCleared { wire.powerOn(at: address, now: time) }
        case .lostWrites(let count): wire.loseWrites(isCleared ? 0 : count, at: address)
        }
    }

    private func apply(_ fault: TwinAirFault, isCleared: Bool) {
        switch fault {
        case .hotInlet(let rise): cooling.inletRise = isCleared ? 0 : Double(rise.millidegrees) / 1000
        case .recirculation(let permille): recirculationFault = isCleared ? nil : Double(permille) / 1000
        case .dust(let permille): cooling.cleanness = isCleared ? 1 : Double(permille) / 1000
        }
    }
}
