import Base
import Grid
import Testing

@Suite struct ProductResponderTests {
    static let step = ResponseCurve([.init(Millihertz(300), 1000)]) ?? .none
    static let line = ResponseCurve([.init(Millihertz(0), 0), .init(Millihertz(200), 1000)]) ?? .none

    private func reading(
        _ hertz: Double, at seconds: Double, _ condition: MainsCondition = .valid, voltage: Int32? = nil,
        agrees: Bool = true, rocof: Int32? = nil
    ) -> MainsReading {
        let sample = FrequencySample(
            frequency: Microhertz(hertz: hertz), rocof: rocof, at: instant(seconds), timeQuality: .local)
        return MainsReading(
            condition: condition, fast: sample, slow: sample, agrees: agrees, confirmations: 3, voltage: voltage,
            at: instant(seconds))
    }

    private func instant(_ seconds: Double) -> Instant { Instant(nanoseconds: UInt64(seconds * 1e9)) }

    private func latched() -> GridProduct {
        var product = GridProduct(name: "test", nominal: Millihertz(50_000), under: Self.step, over: .none)
        product.isLatched = true
        product.window = .fast
        product.release.within = Millihertz(100)
        product.release.after = .seconds(10)
        return product
    }

    @Test func aThresholdIsCrossedWithTheThirdReadingInARow() {
        var responder = ProductResponder(latched(), seed: 1)
        func step(_ hertz: Double, _ seconds: Double) -> Int32 {
            responder.step(reading(hertz, at: seconds), now: instant(seconds)).permille
        }
        #expect([step(49.69, 0), step(49.69, 0.01), step(49.71, 0.02)] == [0, 0, 0])
        #expect([step(49.69, 0.03), step(49.69, 0.04), step(49.69, 0.05)] == [0, 0, 1000])
    }

    @Test func nothingBeginsOnWhatCannotBeTrusted() {
        let conditions: [MainsCondition] = [.acquiring, .phaseJump, .sag, .noisy, .ghost, .dead, .lost]
        for condition in conditions {
            var responder = ProductResponder(latched(), seed: 1)
            for index in 0..<20 {
                let time = Double(index) * 0.01
                let response = responder.step(reading(49.5, at: time, condition), now: instant(time))
                #expect(response.permille == 0, "\(condition)")
                #expect(response.isAlarm == [.ghost, .dead, .lost].contains(condition))
            }
        }
        var disagreeing = ProductResponder(latched(), seed: 1)
        var low = latched()
        low.voltageLockout = 700
        var lockedOut = ProductResponder(low, seed: 1)
        for index in 0..<20 {
            let time = Double(index) * 0.01
            #expect(disagreeing.step(reading(49.5, at: time, agrees: false), now: instant(time)).permille == 0)
            let response = lockedOut.step(reading(49.5, at: time, voltage: 650), now: instant(time))
            #expect(response.permille == 0 && response.reason == .voltageLockout)
        }
    }

    @Test func shedsWhileTheMainsRecoversButReturnsOnlyOnceItHas() {
        var responder = ProductResponder(latched(), seed: 1)
        var time = 0.0
        func run(_ hertz: Double, _ seconds: Double, _ condition: MainsCondition) -> GridResponse {
            var response = GridResponse(permille: 0, reason: .idle, isAlarm: false)
            for _ in 0..<Int(seconds * 10) {
                time += 0.1
                response = responder.step(reading(hertz, at: time, condition), now: instant(time))
            }
            return response
        }
        #expect(run(49.6, 1, .recovering).permille == 1000)
        #expect(run(50, 600, .recovering).permille == 1000)
        #expect(run(50, 60, .dead).permille == 1000)
        #expect(run(50, 600, .ghost).permille == 1000)
        #expect(run(50, 9, .valid).permille == 1000)
        #expect(run(50, 2, .valid).permille == 0)
    }

    @Test func silenceOfARemoteUnderContractMeansCurtail() {
        let product = GridProduct(name: "remote", nominal: Millihertz(50_000), under: Self.line, over: .none)
        var local = ProductResponder(product, seed: 1)
        var remote = ProductResponder(product, seed: 1)
        let lost = MainsReading(condition: .lost, at: instant(5))
        #expect(local.step(lost, onLoss: .holdAndDisarm, now: instant(5)).permille == 0)
        let response = remote.step(lost, onLoss: .curtail, now: instant(5))
        #expect(response.permille == 1000 && response.reason == .sourceLost && response.isAlarm)
    }

    @Test func randomDelaysSpreadOverTheirRangeAndDifferBySeed() {
        var product = latched()
        product.release.after = .zero
        product.release.randomDelay = .seconds(300)
        var delays: [Double] = []
        for seed in 0..<40 {
            var responder = ProductResponder(product, seed: UInt64(seed) &* 0x9E37_79B9)
            for index in 0..<5 {
                _ = responder.step(reading(49.5, at: Double(index) * 0.01), now: instant(Double(index) * 0.01))
            }
            var time = 1.0
            while responder.step(reading(50, at: time), now: instant(time)).permille > 0, time < 400 { time += 1 }
            delays.append(time - 1)
        }
        #expect(delays.allSatisfy { $0 <= 301 })
        let mean = delays.reduce(0, +) / 40
        #expect(mean > 100 && mean < 200)
        #expect(Set(delays).count > 25)
    }

    @Test func leavingTheBandWhileWaitingStartsTheWaitAnew() {
        var responder = ProductResponder(latched(), seed: 1)
        var time = 0.0
        func run(_ hertz: Double, _ seconds: Double) -> Int32 {
            var last: Int32 = 0
            for _ in 0..<Int(seconds * 10) {
                time += 0.1
                last = responder.step(reading(hertz, at: time), now: instant(time)).permille
            }
            return last
        }
        #expect(run(49.6, 1) == 1000)
        #expect(run(50, 9) == 1000)
        #expect(run(49.85, 1) == 1000)
        #expect(run(50, 9) == 1000)
        #expect(run(50, 2) == 0)
    }

    @Test func hysteresisKeepsAStepFromChattering() {
        var product = GridProduct(name: "test", nominal: Millihertz(50_000), under: Self.step, over: .none)
        product.hysteresis = Millihertz(50)
        var responder = ProductResponder(product, seed: 1)
        var time = 0.0
        func step(_ hertz: Double) -> Int32 {
            time += 0.1
            return responder.step(reading(hertz, at: time), now: instant(time)).permille
        }
        #expect(step(49.69) == 1000)
        #expect(step(49.72) == 1000)
        #expect(step(49.749) == 1000)
        #expect(step(49.76) == 0)
        #expect(step(49.72) == 0)
    }

    @Test func aSuspectedIslandIsNeitherLoadedNorReturnedTo() {
        var product = GridProduct(name: "test", nominal: Millihertz(50_000), under: Self.line, over: Self.line)
        product.island = .init(above: Millihertz(51_000), fasterThan: 2500)
        var responder = ProductResponder(product, seed: 1)
        var time = 0.0
        func step(_ hertz: Double, _ rocof: Int32) -> GridResponse {
            time += 0.1
            return responder.step(reading(hertz, at: time, rocof: rocof), now: instant(time))
        }
        #expect(step(51.5, 0).permille == 0)
        #expect(step(50.2, 3000).permille == 0)
        #expect(step(50.2, 0).permille == -1000)
        #expect(step(49.9, -3000).permille == 500)
        #expect(step(50.0, 3000).permille == 500)
        #expect(step(50.0, 3000).reason == .island)
        #expect(step(50.0, 0).permille == 0)
    }

    @Test func surplusNeverOutlivesAShortage() {
        var product = GridProduct(name: "test", nominal: Millihertz(50_000), under: Self.line, over: Self.line)
        product.isLatched = true
        product.release.within = Millihertz(10)
        product.release.isBothSided = true
        product.release.after = .seconds(300)
        var responder = ProductResponder(product, seed: 1)
        #expect(responder.step(reading(50.1, at: 1), now: instant(1)).permille == -500)
        #expect(responder.step(reading(49.98, at: 2), now: instant(2)).permille == 100)
        #expect(responder.step(reading(50.05, at: 3), now: instant(3)).permille == -250)
        #expect(responder.step(reading(50, at: 4), now: instant(4)).permille == 0)
    }

    @Test func withoutAContractNothingBeginsAndARecallEndsIt() {
        var product = latched()
        product.release.rampLimit = 500
        var responder = ProductResponder(product, seed: 1)
        var time = 0.0
        func run(_ seconds: Double, isArmed: Bool) -> GridResponse {
            var response = GridResponse(permille: 0, reason: .idle, isAlarm: false)
            for _ in 0..<Int((seconds * 100).rounded()) {
                time += 0.01
                response = responder.step(reading(49.6, at: time), isArmed: isArmed, now: instant(time))
            }
            return response
        }
        #expect(run(1, isArmed: false) == GridResponse(permille: 0, reason: .disarmed, isAlarm: false))
        #expect(run(1, isArmed: true).permille == 1000)
        #expect((450...550).contains(run(1, isArmed: false).permille))
        #expect(run(1.1, isArmed: false).permille == 0)
    }

    @Test func theSameHistoryGivesTheSameState() {
        var a = ProductResponder(latched(), seed: 9)
        var b = ProductResponder(latched(), seed: 9)
        for index in 0..<500 {
            let time = Double(index) * 0.05
            let input = reading(index % 97 < 40 ? 49.6 : 50, at: time)
            #expect(a.step(input, now: instant(time)) == b.step(input, now: instant(time)))
        }
        #expect(a == b)
    }
}
