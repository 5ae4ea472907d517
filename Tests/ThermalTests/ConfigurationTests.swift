import Base
import Testing
import Thermal

@Suite struct ThermalConfigurationTests {
    private static func fault(_ change: (inout BenchSetup) -> Void) -> ThermalConfigurationFault? {
        var setup = BenchSetup()
        change(&setup)
        do {
            _ = try setup.configuration()
            return nil
        } catch {
            return error as? ThermalConfigurationFault
        }
    }

    @Test func theBenchIsSound() {
        #expect(Self.fault { _ in } == nil)
    }

    @Test func whatCannotBeSupervisedOrCooledIsRefused() {
        #expect(Self.fault { $0.minimumGoodSensors = 3 } == .unsupervised(board: 0))
        #expect(Self.fault { $0.minimumGoodSensors = 0 } == .unsupervised(board: 0))
        #expect(Self.fault { $0.minimumFans = 4 } == .tooFewFans(zone: 0))
        #expect(Self.fault { $0.minimumFans = 0 } == .tooFewFans(zone: 0))
    }

    @Test func tuningThatWouldNotProtectIsRefused() {
        #expect(Self.fault { $0.tuning.slewDown = 200 } == .slew)
        #expect(Self.fault { $0.tuning.tripsPerHour = 0 } == .tripLimit)
        #expect(Self.fault { $0.tuning.ladder = [1000, 850, 850, 550, 400] } == .ladder)
        #expect(Self.fault { $0.tuning.ladder = [900, 850, 700, 550, 400] } == .ladder)
    }

    @Test func aLimitOutsideThePlausibleIsRefused() throws {
        let channel = ThermalChannel(
            name: "die", owner: .rig, kind: .supply, limits: try BenchSetup.limits(65, 75, 85, 130))
        #expect(throws: ThermalConfigurationFault.limitsImplausible(channel: 0)) {
            try ThermalConfiguration(profile: .hydro, channels: [channel], fans: [], boards: [])
        }
    }
}
