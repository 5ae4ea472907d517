import Rig
import Testing

@Suite struct EventLineTests {
    @Test func stampsForPeopleAndPrioritisesForTheJournal() {
        let event = Event(.warning, "pool", "silent for 120 s")
        #expect(
            String(decoding: EventLine.stamped.format(event, unixSeconds: 0), as: UTF8.self)
                == "1970-01-01T00:00:00Z warning pool: silent for 120 s")
        #expect(
            String(decoding: EventLine.journal.format(event, unixSeconds: 0), as: UTF8.self)
                == "<4>pool: silent for 120 s")
    }

    @Test func neverBreaksTheLineAndNeverGrowsWithoutBound() {
        let line = EventLine.journal.format(
            Event(.info, "pool", "a\nb\u{1B}[2J\0" + String(repeating: "x", count: 5000)), unixSeconds: 0)
        #expect(line.count <= EventLine.limit)
        #expect(line.allSatisfy { $0 >= 0x20 })
    }
}
