import Base
import Testing

@testable import Rig

/// Something that goes wrong with boards or their power, and what must not come of it.
struct PowerScenario: CustomTestStringConvertible, Sendable {
    let name: String
    /// The protections without which it ends badly.
    let guards: PowerProtections
    /// What went wrong; empty when everything held.
    let run: @Sendable (PowerProtections) throws -> [String]

    var testDescription: String { name }

    static let all: [PowerScenario] = supplies + boards + rig
}

/// Collects what does not hold.
struct Findings {
    private(set) var list: [String] = []

    mutating func require(_ condition: Bool, _ what: @autoclosure () -> String) {
        if !condition, !list.contains(what()) { list.append(what()) }
    }
}

/// Every protection is there because something happens without it: each is taken away once, and a scenario notices.
@Suite struct PowerMutationTests {
    @Test(arguments: PowerScenario.all) func everythingHoldsWithAllProtections(_ scenario: PowerScenario) throws {
        #expect(try scenario.run([]) == [])
    }

    @Test(arguments: 0..<PowerProtections.count) func everyMutationIsCaught(_ bit: Int) throws {
        let mutation = PowerProtections(rawValue: 1 << UInt64(bit))
        let catchers = PowerScenario.all.filter { !$0.guards.isDisjoint(with: mutation) }
        #expect(!catchers.isEmpty, "no scenario claims to catch it")
        for scenario in catchers {
            #expect(try !scenario.run(mutation).isEmpty, "not caught by: \(scenario.name)")
        }
    }
}
