/// A place that breaks a house rule.
struct Finding: Equatable, CustomStringConvertible {
    enum Rule: String {
        case crash, unwrap, imports, layers, length, size, words, comments, links, targets
    }

    var rule: Rule
    var path: String
    /// Counted from 1; nil when the whole file is meant.
    var line: Int?
    var message: String

    var description: String {
        "\(path)\(line.map { ":\($0)" } ?? ""): \(message) [\(rule.rawValue)]"
    }
}

/// A file that may break a rule, and why.
struct Exemption {
    var rule: Finding.Rule
    var path: String
    var reason: String
}

/// The whole list: an exemption that nothing needs any more is itself a finding.
let exemptions: [Exemption] = [
    Exemption(
        rule: .unwrap, path: "Sources/Platform/ForcedFault.swift",
        reason: "compiled for tests only; the pointers are a static variable and static strings")
]

extension [Finding] {
    /// What remains after the exemptions, and a finding for every exemption that was not used.
    func applying(_ exemptions: [Exemption], to rules: Set<Finding.Rule>) -> [Finding] {
        let remaining = filter { finding in
            !exemptions.contains { $0.rule == finding.rule && $0.path == finding.path }
        }
        let unused = exemptions.filter { exemption in
            rules.contains(exemption.rule)
                && !contains { $0.rule == exemption.rule && $0.path == exemption.path }
        }
        return remaining
            + unused.map { Finding(rule: $0.rule, path: $0.path, message: "exempt (\($0.reason)) without need") }
    }
}
