import Rig
import Testing

@Suite struct RigStatusTests {
    @Test func saysEverythingInOneLine() {
        var status = RigStatus()
        status.hashRate5s = 62_400_000
        status.accepted = 128
        status.difficulty = 0.001
        status.temperature = .measured(source: "k10temp", decicelsius: 614)
        status.uptime = .seconds(3723)
        status.pool = .mining("127.0.0.1:3333")
        #expect(status.line == "62.4 MH/s | accepted 128 | rejected 0 | diff 0.001 | k10temp 61.4 C | up 1h 02m")
    }

    @Test func aRecordingIsNeverTakenForTheMainsOfNow() {
        var status = RigStatus()
        status.grid = GridStatus()
        #expect(!status.line.contains("RECORDED"))
        status.grid?.isRecording = true
        #expect(status.line.contains("RECORDED MAINS | mains: lost"))
    }

    @Test func namesSimulationStalenessLossAndMissingParts() {
        var status = RigStatus()
        status.isSimulated = true
        status.rejected = 3
        status.stale = 2
        status.lost = 1
        status.difficulty = 1_000_000
        status.temperature = .failed(source: "thermal_zone0")
        #expect(
            status.line
                == "SIMULATED | 0.00 H/s | accepted 0 | rejected 3 | stale 2 | lost 1 | diff 1.00 M | thermal_zone0 FAILED"
                + " | no pool | up 0s")
        status.temperature = .none
        status.difficulty = nil
        #expect(status.line.contains("diff - | temp: no sensor"))
    }
}
