import Foundation
import Rig
import Testing

/// Every key of every shipped product file, damaged in every way: the complaint always says where and what was expected.
@Suite struct ProductMutationTests {
    /// What a product cannot do without, as the end of a path.
    static let required = [
        "schema", "name", "region", "summary", "sources", "nominal_hz", "needs_contract", "key", "text", "value",
        "confidence", "source", "mhz", "permille", "deadband_mhz", "convention", "time_ms", "at_end", "before_ms",
        "log.after_ms", "step_ms",
    ]

    private func complaint(_ text: String) -> String? {
        do {
            _ = try ProductFile.read(file: "b.json", bytes: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    /// The beginning of a complaint about the value that `path` leads to, which stands there now as `text`.
    private func beginning(_ damaged: JSONTree, _ path: [JSONTree.Step], _ text: String) throws -> String {
        let before = try #require(damaged.text.components(separatedBy: text).first)
        return "b.json:1:\(before.unicodeScalars.count + 1): \(BoardMutationTests.text(path)): "
    }

    private func tree(_ name: String) throws -> JSONTree {
        try JSONDecoder().decode(JSONTree.self, from: Data(try ShippedProducts.bytes(name)))
    }

    @Test(arguments: ShippedProducts.names)
    func whatIsMissingOrOfAnotherKindIsToldExactly(name: String) throws {
        let original = try tree(name)
        #expect(complaint(original.text) == nil)
        for path in original.paths {
            try remove(original, path)
            try replaceByAnotherKind(original, path)
        }
    }

    /// Once for each key that there is: what a number may be does not depend on the product.
    @Test func whatIsOutOfRangeOrUnknownIsToldExactly() throws {
        var seen: Set<String> = []
        for name in ShippedProducts.names {
            let original = try tree(name)
            for path in original.paths where seen.insert(Self.key(path)).inserted {
                try exceed(original, path)
                try rename(original, path)
            }
        }
        #expect(seen.count > 140)
    }

    /// A path without the numbers of elements.
    static func key(_ path: [JSONTree.Step]) -> String {
        BoardMutationTests.text(
            path.map { step in
                if case .index = step { JSONTree.Step.index(0) } else { step }
            })
    }

    private func remove(_ original: JSONTree, _ path: [JSONTree.Step]) throws {
        var damaged = original
        damaged[path[...]] = nil
        let said = complaint(damaged.text)
        if let said { #expect(BoardMutationTests.isExact(said), "\(said)") }
        let place = BoardMutationTests.text(path)
        guard case .key(let key) = path.last,
            Self.required.contains(where: { place == $0 || place.hasSuffix(".\($0)") })
        else { return }
        #expect(said?.hasSuffix("key \"\(key)\" is missing") == true, "without \(place): \(said ?? "taken")")
    }

    private func replaceByAnotherKind(_ original: JSONTree, _ path: [JSONTree.Step]) throws {
        let sentinel: JSONTree
        switch try #require(original[path[...]]) {
        case .array, .object: sentinel = .raw("\"sentinel\"")
        default: sentinel = .raw("{\"sentinel\":1}")
        }
        var damaged = original
        damaged[path[...]] = sentinel
        let said = complaint(damaged.text) ?? "taken"
        #expect(said.hasPrefix(try beginning(damaged, path, sentinel.text)) && said.contains("expected"), "\(said)")
    }

    private func exceed(_ original: JSONTree, _ path: [JSONTree.Step]) throws {
        let extremes: [String]
        switch try #require(original[path[...]]) {
        case .number: extremes = ["876543210987654", "-876543210987654", "0.8765"]
        case .string: extremes = ["\"\(String(repeating: "@", count: 300))\"", "\"\\u0007\"", "\"\""]
        case .array: extremes = ["[\(Array(repeating: "\"@\"", count: 70).joined(separator: ","))]"]
        case .bool, .object, .raw: extremes = ["null"]
        }
        for extreme in extremes {
            var damaged = original
            damaged[path[...]] = .raw(extreme)
            let said = complaint(damaged.text) ?? "taken"
            // Of a list it is an element that is wrong.
            let start = extreme.hasPrefix("[") ? "b.json:1:" : try beginning(damaged, path, extreme)
            #expect(said.hasPrefix(start) && said.contains("expected"), "\(extreme.prefix(20)): \(said)")
        }
    }

    private func rename(_ original: JSONTree, _ path: [JSONTree.Step]) throws {
        guard case .key(let key) = path.last, case .object(var members)? = original[path.dropLast()] else { return }
        members["\(key)-x"] = members.removeValue(forKey: key)
        var damaged = original
        damaged[path.dropLast()] = .object(members)
        let said = complaint(damaged.text) ?? "taken"
        #expect(BoardMutationTests.isExact(said) && said.contains("unknown key \"\(key)-x\"; did you mean"), "\(said)")
    }

    /// Keys may stand in any order: programs that rewrite a file sort them as they like.
    @Test(arguments: ShippedProducts.names)
    func keysMayStandInAnyOrder(name: String) throws {
        let tree = try JSONDecoder().decode(JSONTree.self, from: Data(try ShippedProducts.bytes(name)))
        let asWritten = try #require(ShippedProducts.all.first { $0.name == name }).file
        let sorted = try ProductFile.read(file: "b.json", bytes: Array(tree.text.utf8))
        #expect(sorted.product == asWritten.product && sorted.sources == asWritten.sources)
    }
}
