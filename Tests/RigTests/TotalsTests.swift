import Rig
import Testing

@Suite struct TotalsTests {
    @Test func survivesTheRoundTrip() throws {
        var totals = Totals()
        totals.starts = 3
        totals.accepted = .max
        totals.bestDifficulty = 116_627_841_100_297
        #expect(try Totals.read(file: "totals.json", bytes: totals.json) == totals)
        #expect(String(decoding: Totals().json, as: UTF8.self).hasPrefix(#"{"schema":1,"starts":0,"#))
    }

    @Test func addsARun() {
        var before = Totals()
        before.accepted = 10
        before.bestDifficulty = 5
        var status = RigStatus()
        status.accepted = 2
        status.bestDifficulty = 7.9
        status.uptime = .milliseconds(61_500)
        let after = before.adding(status)
        #expect(after.accepted == 12)
        #expect(after.bestDifficulty == 7)
        #expect(after.runSeconds == 61)
    }

    @Test func refusesWhatItDoesNotKnow() {
        for text in ["", "{}", #"{"schema":2}"#, #"{"schema":1,"accepted":-1}"#, #"{"schema":1,"shares":1}"#] {
            #expect(throws: DocumentError.self) { try Totals.read(file: "totals.json", bytes: Array(text.utf8)) }
        }
    }
}
