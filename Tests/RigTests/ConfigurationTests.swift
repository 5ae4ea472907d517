import Rig
import Testing

@Suite struct ConfigurationTests {
    func complaint(_ text: String) -> String? {
        do {
            _ = try Configuration.read(file: "rig.json", bytes: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    @Test func everyKeyIsOptional() throws {
        #expect(try Configuration.read(file: "rig.json", bytes: Array("{}".utf8)) == Configuration())
    }

    @Test func readsEveryKey() throws {
        let text = """
            {
                "name": "rig-07",
                "pools": [
                    {"url": "stratum+tcp://pool.example:3333", "user": "a.b", "password": "secret"},
                    {"url": "stratum+tcp://[2001:db8::1]:4444", "user": "c"}
                ],
                "mining": {"suggest_difficulty": 0.001, "silence_seconds": 60},
                "cpu": {"workers": "all", "duty_percent": 20},
                "log": {"level": "debug", "file_bytes": 65536, "files": 2}
            }
            """
        let configuration = try Configuration.read(file: "rig.json", bytes: Array(text.utf8))
        #expect(configuration.name == "rig-07")
        #expect(configuration.pools.map(\.address.host) == ["pool.example", "2001:db8::1"])
        #expect(configuration.pools.map(\.address.port) == [3333, 4444])
        #expect(configuration.pools.map(\.user) == ["a.b", "c"])
        #expect(configuration.pools.map(\.password) == ["secret", "x"])
        #expect(configuration.mining.suggestedDifficulty?.approximation == 0.001)
        #expect(configuration.mining.silenceSeconds == 60)
        #expect(configuration.cpu.workers == .all)
        #expect(configuration.cpu.dutyPercent == 20)
        #expect(configuration.log.level == .debug)
        #expect(configuration.log.fileBytes == 65536)
        #expect(configuration.log.files == 2)
    }

    @Test(arguments: [
        (#"{"pool": []}"#, #"rig.json:1:2: unknown key "pool"; did you mean "pools"?"#),
        (
            #"{"pools": [{"url": "http://p", "user": "u"}]}"#,
            #"rig.json:1:20: pools[0].url: found "http://p"; expected a pool address stratum+tcp://HOST:PORT"#
        ),
        (#"{"pools": [{"user": "u"}]}"#, #"rig.json:1:12: pools[0]: key "url" is missing"#),
        (
            #"{"pools": [{"url": "stratum+tcp://p:3", "user": ""}]}"#,
            #"rig.json:1:49: pools[0].user: found ""; expected an account name of 1 to 128 bytes"#
        ),
        (
            #"{"mining": {"suggest_difficulty": -1}}"#,
            "rig.json:1:35: mining.suggest_difficulty: found -1; expected a positive difficulty, for example 0.001"
        ),
        (
            #"{"mining": {"silence_seconds": 1.5}}"#,
            "rig.json:1:32: mining.silence_seconds: found 1.5; expected a whole number from 10 to 3600 seconds"
        ),
        (
            #"{"log": {"level": "loud"}}"#,
            #"rig.json:1:19: log.level: found "loud"; expected "alert" or "error" or "warning" or "notice" or "info" or "debug""#
        ),
        (
            #"{"name": "rig\u0007"}"#,
            #"rig.json:1:10: name: found "rig\u0007"; expected a name of 1 to 32 letters, digits and hyphens"#
        ),
        (
            #"{"cpu": {"duty_percent": 99999999999999999999}}"#,
            "rig.json:1:26: cpu.duty_percent: found 99999999999999999999; expected a whole number from 1 to 100 %"
        ),
    ])
    func complainsExactly(text: String, message: String) {
        #expect(complaint(text) == message)
    }
}

@Suite struct PoolAddressTests {
    @Test(
        arguments: [
            ("stratum+tcp://pool.example:3333", "pool.example", 3333, "pool.example:3333"),
            ("stratum+tcp://127.0.0.1:1", "127.0.0.1", 1, "127.0.0.1:1"),
            ("stratum+tcp://[::1]:65535", "::1", 65535, "[::1]:65535"),
        ] as [(String, String, UInt16, String)])
    func reads(text: String, host: String, port: UInt16, shown: String) throws {
        let address = try #require(PoolAddress(text))
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.text == shown)
    }

    @Test(arguments: [
        "", "pool.example:3333", "stratum+ssl://p:1", "stratum+tcp://p", "stratum+tcp://p:", "stratum+tcp://:1",
        "stratum+tcp://p:0", "stratum+tcp://p:65536", "stratum+tcp://p:99999", "stratum+tcp://p:+1",
        "stratum+tcp://a b:1",
        "stratum+tcp://::1:1", "stratum+tcp://[]:1", "stratum+tcp://p:1/", "stratum+tcp://u@p:1",
    ])
    func refuses(text: String) {
        #expect(PoolAddress(text) == nil)
    }
}
