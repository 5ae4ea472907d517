import Base
import Grid
import Testing

@Suite struct EventTraceTests {
    @Test func whatIsWrittenIsRead() throws {
        let rows = [
            EventTrace.Row(
                time: .milliseconds(-10_000), frequency: Microhertz(49_987_500), rocof: -250, response: 0,
                power: Milliwatts(3_400_500)),
            EventTrace.Row(time: .milliseconds(20), frequency: nil, rocof: nil, response: -350, power: nil),
        ]
        let text = ([EventTrace.header] + rows.map(EventTrace.line)).joined(separator: "\n") + "\n"
        #expect(text.contains("-10.000,49.9875,-250,0,3400.5\n0.020,,,-350,\n"))
        #expect(try EventTrace.read(Array(text.utf8)) == rows)
    }

    @Test func refusesWhatIsNoRecord() {
        #expect(throws: EventTrace.Fault.notARecord) { try EventTrace.read(Array("t,f\n1,50".utf8)) }
        #expect(throws: EventTrace.Fault.notARecord) { try EventTrace.read([]) }
        let bad = EventTrace.header + "\n1,50,0,0,\n1,5x,0,0,\n"
        #expect(throws: EventTrace.Fault.badLine(3)) { try EventTrace.read(Array(bad.utf8)) }
    }
}
