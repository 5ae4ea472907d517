import Base

/// Clock, sensors and supply, which depend on one another: clocks go up level by level, temperatures are watched all the
/// way, and the supply follows the chips' own measurements.
extension T1Chain {
    // MARK: Clock

    mutating func beginRamp(to frequency: ClockFrequency, _ now: Instant, _ output: inout SPIOutput) {
        rampTarget = T1ClockLevel(upTo: frequency) ?? .lowest
        ramp(now, &output)
    }

    /// Takes the next step toward the ramp's target, or goes on with the bring-up.
    mutating func ramp(_ now: Instant, _ output: inout SPIOutput) {
        if senseIfDue(then: .ramp, now, &output) { return }
        guard let level else { return run(.writeLevel(.lowest), now, &output) }
        guard let next = level.step(toward: rampTarget) else { return nextMilestone(now, &output) }
        run(.writeLevel(next), now, &output)
    }

    /// Takes the answer to a part of a change of level: write, read back from the farthest chip, adjust the converter.
    mutating func finishLevel(
        _ step: Step, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        let code: UInt8
        let next: Step
        switch step {
        case .writeLevel(let level):
            let request = T1Request.writeRegister(T1Register(level: level), chip: 0)
            guard answer(to: request, in: received) == nil else {
                return run(.verifyLevel(level), now, &output)
            }
            (code, next) = (request.code, step)
        case .verifyLevel(let level):
            guard register(of: (foundCount ?? 1) - 1, in: received)?.runs(at: level) != true else {
                self.level = level
                return run(.adjustDivider(level), now, &output)
            }
            (code, next) = (T1Request.readRegister(chip: 0).code, .writeLevel(level))
        case .adjustDivider(let level):
            let request = T1Request.writeConverterDivider(level.converterDivider, chip: 0)
            guard answer(to: request, in: received) == nil else {
                failures = 0
                return stage == .hashing ? beginCollecting(now, &output) : ramp(now, &output)
            }
            (code, next) = (request.code, step)
        default: return
        }
        if stage == .hashing { return commandFailed(now, &output) }
        retry(next, orFail: .unanswered(command: code), now, &output)
    }

    // MARK: Sensors

    /// Begins a reading of temperatures, or voltages while hashing, if it is time; the step is resumed after it.
    mutating func senseIfDue(then resume: Step, _ now: Instant, _ output: inout SPIOutput) -> Bool {
        guard level != nil else { return false }
        if let at = temperatureAt, at > now {
            guard stage == .hashing, let voltageAt, voltageAt <= now else { return false }
            beginSensing(.voltage, then: resume, now, &output)
            return true
        }
        beginSensing(.temperature, then: resume, now, &output)
        return true
    }

    private mutating func beginSensing(
        _ quantity: T1Register.Quantity, then resume: Step, _ now: Instant, _ output: inout SPIOutput
    ) {
        sensing = Sensing(quantity: quantity, resume: resume)
        switch quantity {
        case .temperature: temperatureAt = now + plan.timing.temperatureInterval
        case .voltage: voltageAt = now + plan.timing.voltageInterval
        }
        run(.point(0), now, &output)
    }

    /// Sends the register with the changes of sensor steps 0…`part`.
    mutating func point(_ part: Int, _ output: inout SPIOutput) {
        guard let sensing else { return }
        var register = T1Register(level: level ?? .lowest)
        for step in 0...part { register.applySensorStep(step, for: sensing.quantity) }
        send(.writeRegister(register, chip: 0), for: .point(part), &output)
    }

    mutating func finishPointing(
        _ part: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        let request = T1Request.writeRegister(T1Register(level: .lowest), chip: 0)
        guard answer(to: request, in: received) != nil else {
            if stage == .hashing { return commandFailed(now, &output) }
            return retry(.point(part), orFail: .unanswered(command: request.code), now, &output)
        }
        failures = 0
        let isLast = part + 1 == T1Register.sensorStepCount
        wait(plan.timing.sensorStep, then: isLast ? .sense(chip: 0) : .point(part + 1), now)
    }

    mutating func finishSensing(
        _ chip: Int, _ received: ArraySlice<UInt8>, _ now: Instant, _ output: inout SPIOutput
    ) {
        guard let sensing else { return }
        let value = register(of: chip, in: received)?.converterValue
        switch sensing.quantity {
        case .temperature:
            chips[chip].millicelsius = Self.temperature(value, now)
            if isOverheated(chip, now) { return fail(.overheated(chip: chip), now, &output) }
        case .voltage:
            // A converter that measures nothing reads 0.
            let millivolts = value.map { Int32(T1Register.millivolts(converterValue: $0)) }
            chips[chip].millivolts =
                millivolts.map { $0 > 0 ? .value($0, at: now) : .implausible($0, at: now) } ?? .unanswered(at: now)
        }
        if chip + 1 < foundCount ?? 0 { return run(.sense(chip: chip + 1), now, &output) }
        self.sensing = nil
        switch sensing.resume {
        case .search where sensing.quantity == .voltage: evaluateSupply(now, &output)
        case .beginCycle: beginCollecting(now, &output)
        default: run(sensing.resume, now, &output)
        }
    }

    private static func temperature(_ value: UInt16?, _ now: Instant) -> T1Chip.Reading {
        guard let value else { return .unanswered(at: now) }
        let millicelsius = T1Register.millicelsius(converterValue: value)
        return T1Chip.plausibleMillicelsius.contains(millicelsius)
            ? .value(millicelsius, at: now) : .implausible(millicelsius, at: now)
    }

    /// Whether the chip has been too hot in two readings; after the first the second is made at once.
    private mutating func isOverheated(_ chip: Int, _ now: Instant) -> Bool {
        guard case .value(let millicelsius, _) = chips[chip].millicelsius,
            millicelsius >= T1Chip.powerDownMillicelsius
        else {
            chips[chip].hotReadings = 0
            return false
        }
        chips[chip].hotReadings += 1
        temperatureAt = now
        return chips[chip].hotReadings >= T1Chip.hotReadingLimit
    }

    // MARK: Supply

    /// Steps that a search may take: all settings down and up again.
    private static let searchStepLimit = 64

    mutating func beginSearch(_ now: Instant, _ output: inout SPIOutput) {
        isSearchRising = nil
        searchSteps = 0
        search(now, &output)
    }

    /// Measures the chips' supply, with a look at their temperatures when it is time.
    mutating func search(_ now: Instant, _ output: inout SPIOutput) {
        let isTemperatureDue = temperatureAt.map { $0 <= now } ?? true
        beginSensing(isTemperatureDue ? .temperature : .voltage, then: .search, now, &output)
    }

    /// The chips' average, of three or more without the highest and the lowest, in millivolts; nil when none can tell.
    public var averageMillivolts: Int? {
        var (count, sum, low, high) = (0, 0, Int.max, 0)
        for chip in chips {
            guard case .value(let value, _) = chip.millivolts else { continue }
            let millivolts = Int(value)
            count += 1
            sum += millivolts
            low = min(low, millivolts)
            high = max(high, millivolts)
        }
        if count > 2 { return (sum - low - high) / (count - 2) }
        return count > 0 ? sum / count : nil
    }

    /// Goes down until the average is below its target, then up until it is above.
    private mutating func evaluateSupply(_ now: Instant, _ output: inout SPIOutput) {
        let limits = T1Plan.chipMillivoltLimits
        guard let average = averageMillivolts, searchSteps < Self.searchStepLimit else {
            return fail(.voltage(averageMillivolts: averageMillivolts), now, &output)
        }
        searchSteps += 1
        let isAbove = average >= Int(plan.chipMillivolts)
        if isAbove, isSearchRising != true, let lower = supply.lower {
            isSearchRising = false
            return set(lower, &output)
        }
        if !isAbove, let higher = supply.higher {
            isSearchRising = true
            return set(higher, &output)
        }
        guard (Int(limits.lowerBound)...Int(limits.upperBound)).contains(average) else {
            return fail(.voltage(averageMillivolts: average), now, &output)
        }
        output.append(.event(.supplyFound(supply, averageMillivolts: average)))
        nextMilestone(now, &output)
    }

    private mutating func set(_ vid: SupplyVID, _ output: inout SPIOutput) {
        supply = vid
        output.append(.setSupply(vid))
        pending = .supply(.search)
    }
}
