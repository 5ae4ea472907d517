import Base
import Grid
import Testing

@testable import Rig

/// The `grid` section of a configuration.
@Suite struct GridConfigurationTests {
    func read(_ grid: String) throws -> GridConfiguration {
        try Configuration.read(file: "rig.json", bytes: Array(#"{"grid": \#(grid)}"#.utf8)).grid
    }

    func complaint(_ grid: String) -> String? {
        do {
            _ = try read(grid)
            return nil
        } catch let error as DocumentError {
            return error.message
        } catch {
            return nil
        }
    }

    @Test func readsEveryKey() throws {
        let grid = try read(
            """
            {"source": {"kind": "line"}, "nominal_hertz": 60,
             "relay": {"trip_hertz": 59.7, "release_hertz": 59.95, "release_seconds": 30, "hold_seconds": 900},
             "products": [{"file": "a.json"}, {"file": "b.json", "offer": "1500W", "armed": false}]}
            """)
        #expect(grid.source == .line)
        #expect(grid.nominal == Millihertz(60_000))
        #expect(
            grid.relay
                == .init(
                    trip: Microhertz(59_700_000), release: Microhertz(59_950_000), releaseAfter: .seconds(30),
                    minimumHold: .seconds(900)))
        #expect(
            grid.follows == [
                .init(file: "a.json"),
                .init(file: "b.json", offer: .power(Milliwatts(1_500_000)), isArmed: false),
            ])
    }

    @Test func readsEverySource() throws {
        let address = try #require(NetworkAddress("tcp://127.0.0.1:4712", scheme: "tcp://"))
        #expect(
            try read(#"{"source": {"kind": "synchrophasor", "url": "tcp://127.0.0.1:4712", "stream": 7}}"#).source
                == .synchrophasor(address, .tcp, stream: 7))
        #expect(
            try read(#"{"source": {"url": "udp://127.0.0.1:4712", "kind": "synchrophasor"}}"#).source
                == .synchrophasor(address, .udp, stream: 1))
        #expect(try read(#"{"source": {"kind": "feed", "port": 0}}"#).source == .feed(port: 0))
        #expect(
            try read(#"{"source": {"kind": "replay", "file": "day.csv", "speed": 60}}"#).source
                == .replay(file: "day.csv", speed: 60))
    }

    @Test(arguments: [
        (#"{"relay": {"trip_hertz": 49.7}}"#, #"rig.json:1:20: grid.relay: key "release_hertz" is missing"#),
        (
            #"{"relay": {"trip_hertz": 49.7, "release_hertz": 49.7}}"#,
            #""release_hertz" is not above "trip_hertz"; expected a relay that lets go above"#
        ),
        (
            #"{"relay": {"trip_hertz": 497, "release_hertz": 499}}"#,
            "grid.relay.trip_hertz: found 497; expected a mains frequency from 40 to 70, to a thousandth, for example 49.7"
        ),
        (#"{"source": {"kind": "replay"}}"#, #"grid.source: key "file" is missing"#),
        (#"{"source": {"kind": "line", "port": 1}}"#, #"unknown key "port""#),
        (
            #"{"source": {"kind": "synchrophasor", "url": "http://a"}}"#,
            #"found "http://a"; expected an address tcp://HOST:PORT or udp://HOST:PORT"#
        ),
        (#"{"products": [{"file": "a", "offer": "off"}]}"#, "found nothing to offer"),
        (#"{"nominal_hertz": 55}"#, "grid.nominal_hertz: found 55; expected 50 or 60"),
    ])
    func sayWhatIsWrong(grid: String, expected: String) throws {
        let message = try #require(complaint(grid))
        #expect(message.contains(expected), "\(message)")
    }

    @Test func noMoreProductsThanTheFrequencyHasSlots() throws {
        let one = #"{"file": "a"}"#
        #expect(complaint("{\"products\": [\(one), \(one), \(one)]}") == nil)
        #expect(complaint("{\"products\": [\(one), \(one), \(one), \(one)]}") != nil)
    }
}
