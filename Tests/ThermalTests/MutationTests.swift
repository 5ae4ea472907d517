import Testing
import Thermal

/// Every protection is there because something happens without it: each is taken away once, and a scenario notices.
@Suite struct MutationTests {
    /// What can be taken away here; the rest belongs to the harness around the whole rig.
    static let mutations: [UInt64] = (0..<64).map { 1 << $0 }.filter {
        !Protections.catalogue.isDisjoint(with: Protections(rawValue: $0))
    }

    @Test(arguments: Scenario.all) func everythingHoldsWithAllProtections(_ scenario: Scenario) throws {
        #expect(try scenario.run([]) == [])
    }

    @Test func thereAreAtLeastThirtyMutations() {
        #expect(Self.mutations.count >= 30)
    }

    @Test(arguments: mutations) func everyMutationIsCaught(_ bit: UInt64) throws {
        let mutation = Protections(rawValue: bit)
        let catchers = Scenario.all.filter { !$0.guards.isDisjoint(with: mutation) }
        #expect(!catchers.isEmpty, "no scenario claims to catch it")
        for scenario in catchers {
            #expect(try !scenario.run(mutation).isEmpty, "not caught by: \(scenario.name)")
        }
    }
}
