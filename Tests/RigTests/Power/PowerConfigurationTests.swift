import Base
import Testing

@testable import Rig

@Suite struct PowerConfigurationTests {
    func read(_ power: String) throws(DocumentError) -> PowerConfiguration {
        try Configuration.read(file: "rig.json", bytes: Array("{\"power\": \(power)}".utf8)).power
    }

    @Test func readsEveryKey() throws {
        let power = try read(
            """
            {
                "rated_watts": 3250, "minimum_watts": 900, "target": "80%",
                "minimum_on_seconds": 600, "minimum_off_seconds": 240, "cycles_per_day": 10,
                "restore": {
                    "jitter_seconds": 300, "step_percent": 20, "step_seconds": 15, "good_mains_seconds": 120,
                    "blackout_seconds": 3
                },
                "price_file": "prices.json", "sats_per_petahash_day": 55000,
                "surplus": {
                    "port": 4000, "mode": "additional", "reserve_watts": 50, "deadband_watts": 30, "ramp_up_watts_per_second": 20,
                    "ramp_down_watts_per_second": 200, "start_margin_watts": 150, "start_after_seconds": 90,
                    "stop_after_seconds": 45, "stale_seconds": 10, "when_silent": "hold"
                },
                "schedule": {
                    "utc_offset_minutes": 300,
                    "hours": [{"days": ["mon", "sun"], "from": "18:30", "until": "22:00", "limit": "1500W"}],
                    "prices": [{"from_per_kwh": 0.2, "limit": "off"}]
                }
            }
            """)
        let settings = try #require(power.settings(rated: .watts(1), minimum: .watts(1)))
        #expect(settings.rated == .watts(3250))
        #expect(settings.minimum == .watts(900))
        #expect(settings.target == .permille(800))
        #expect(settings.minimumOnTime == .seconds(600))
        #expect(settings.minimumOffTime == .seconds(240))
        #expect(settings.cyclesPerDay == 10)
        #expect(settings.restore.jitter == .seconds(300))
        #expect(settings.restore.stepPermille == 200)
        #expect(settings.restore.stepInterval == .seconds(15))
        #expect(settings.restore.goodMains == .seconds(120))
        #expect(settings.restore.blackoutAfter == .seconds(3))
        let surplus = try #require(power.surplus)
        #expect(surplus.mode == .additional)
        #expect(surplus.reserve == .watts(50))
        #expect(surplus.deadband == .watts(30))
        #expect(surplus.rampUp == .watts(20))
        #expect(surplus.rampDown == .watts(200))
        #expect(surplus.startMargin == .watts(150))
        #expect(surplus.startAfter == .seconds(90))
        #expect(surplus.stopAfter == .seconds(45))
        #expect(surplus.staleAfter == .seconds(10))
        #expect(surplus.failPolicy == .hold)
        #expect(power.surplusPort == 4000)
        #expect(power.priceFile == "prices.json")
        #expect(power.satoshisPerPetahashDay == 55_000)
        #expect(power.schedule.utcOffset == 300)
        #expect(
            power.schedule.hours == [.init(days: 0b100_0001, from: 1110, until: 1320, limit: .power(.watts(1500)))])
        #expect(power.schedule.priceRules == [.init(from: 200_000, limit: .off)])
    }

    @Test func theBoardFileSpeaksWhereTheOperatorDoesNot() throws {
        let settings = try #require(try read("{}").settings(rated: .watts(3000), minimum: .watts(800)))
        #expect(settings.rated == .watts(3000))
        #expect(settings.minimum == .watts(800))
        #expect(try read(#"{"minimum_watts": 3001}"#).settings(rated: .watts(3000), minimum: .watts(800)) == nil)
    }

    @Test(arguments: [
        (
            #"{"target": "101%"}"#,
            #"rig.json:1:22: power.target: found "101%"; expected "off", a percentage such as "60%" or a power such as "1500W""#
        ),
        (
            #"{"rated_watts": 100, "minimum_watts": 200}"#,
            #"rig.json:1:49: power: "minimum_watts" is more than "rated_watts"; expected at most as much"#
        ),
        (
            #"{"schedule": {"hours": [{"from": "24:00", "until": "6:00", "limit": "off"}]}}"#,
            #"rig.json:1:44: power.schedule.hours[0].from: found "24:00"; expected a time of day from "00:00" to "23:59""#
        ),
        (
            #"{"schedule": {"hours": [{"days": [], "from": "00:00", "until": "06:00", "limit": "off"}]}}"#,
            "rig.json:1:44: power.schedule.hours[0].days: an empty list; expected at least one day"
        ),
        (
            #"{"restore": {"step_percent": 0}}"#,
            "rig.json:1:40: power.restore.step_percent: found 0; expected a whole number from 1 to 100 %"
        ),
        (
            #"{"surplus": {"when_silent": "panic"}}"#,
            #"rig.json:1:39: power.surplus.when_silent: found "panic"; expected "release" or "hold" or "off""#
        ),
    ])
    func complainsExactly(text: String, message: String) {
        do {
            _ = try read(text)
            Issue.record("was taken")
        } catch {
            #expect(error.message == message)
        }
    }
}
