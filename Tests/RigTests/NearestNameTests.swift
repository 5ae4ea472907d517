import Rig
import Testing

@Suite struct NearestNameTests {
    let keys = ["pools", "mining", "log", "password", "user"]

    @Test func findsTheNearest() {
        #expect(NearestName.match("pool", among: keys) == "pools")
        #expect(NearestName.match("psasword", among: keys) == "password")
        #expect(NearestName.match("log", among: keys) == "log")
        #expect(NearestName.match("usr", among: keys) == "user")
    }

    @Test func staysSilentWhenNothingIsNear() {
        #expect(NearestName.match("frequency", among: keys) == nil)
        #expect(NearestName.match("", among: ["abc"]) == nil)
    }
}
