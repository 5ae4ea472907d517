import Base
import Buses
import Testing
import Thermal

@testable import Daemon

/// Thermal control in a closed loop with the simulated rig, for an hour or less; `make sim` runs hundreds.
@Suite struct CampaignTests {
    @Test(arguments: CampaignModel.allCases) func anHourOfIncidentsHarmsNothing(_ model: CampaignModel) throws {
        var campaign = try Campaign(model, seed: 3)
        let measures = campaign.run(hours: 1)
        #expect(measures.tooHot == 0)
        #expect(measures.hunting == 0)
        #expect(measures.falseAlarms == 0)
        #expect(measures.late == 0)
        #expect(measures.destroyedChips == 0)
        #expect(measures.energisedTicks > 3000)
        #expect(measures.settleTime < .seconds(600))
        #expect(measures.overshoot < .degrees(3))
    }

    @Test func theSameSeedTakesTheSameCourse() throws {
        var first = try Campaign(.bitaxe, seed: 4)
        var second = try Campaign(.bitaxe, seed: 4)
        var other = try Campaign(.bitaxe, seed: 5)
        let trace = first.run(hours: 1).traceHash
        #expect(trace == second.run(hours: 1).traceHash)
        #expect(trace != other.run(hours: 1).traceHash)
    }

    /// The campaign notices when protections are missing.
    @Test func withoutSupervisionOfTheSensorsLossesAreNoticedTooLate() throws {
        let blind: Protections = [.requiredSensor, .observability, .badReadingCount, .extrapolation, .fanLossTrip]
        var campaign = try Campaign(.bitaxe, seed: 2, disabling: blind)
        #expect(campaign.run(hours: 1).late > 0)
    }

    /// The slews of the configurations are at least what a working board does when its fans stop.
    @Test(arguments: CampaignModel.allCases) func slewsCoverAStepTest(_ model: CampaignModel) throws {
        let rig = try CampaignRig(model, seed: 1)
        #expect(rig.start())
        var inputs = ThermalInputs(for: rig.configuration)
        var controller = ThermalController(rig.configuration, now: rig.clock.now)
        var decision = ThermalDecision()
        let full = Array(repeating: Int32(1000), count: rig.chains.count)
        for _ in 0..<800 {
            rig.clock.advance(by: Campaign.tick)
            rig.sense(&inputs)
            decision = controller.decide(inputs, now: rig.clock.now)
            rig.act(decision, wanted: full)
        }
        for fan in rig.fans.indices { try rig.twin.inject(.fan(fan, .stalled)) }
        var before = inputs.channels
        for _ in 0..<15 {
            rig.clock.advance(by: .seconds(2))
            rig.sense(&inputs)
            for (index, channel) in rig.configuration.channels.enumerated() {
                guard let now = inputs.channels[index].value, let then = before[index].value else { continue }
                let rise = (now - then).millidegrees / 2
                #expect(rise <= channel.slewPerSecond.millidegrees, "\(channel.name) rises by \(rise) m°C/s")
            }
            before = inputs.channels
        }
    }
}
