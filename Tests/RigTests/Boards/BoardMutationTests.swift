import Foundation
import Rig
import Testing

/// Every key of every shipped board file, damaged in every way: the complaint always says where and what was expected.
@Suite struct BoardMutationTests {
    /// A path as complaints print it.
    static func text(_ path: [JSONTree.Step]) -> String {
        path.reduce("") { text, step in
            switch step {
            case .key(let key): text.isEmpty ? key : "\(text).\(key)"
            case .index(let index): "\(text)[\(index)]"
            }
        }
    }

    static func isExact(_ complaint: String) -> Bool {
        let words = ["expected", "is missing", "did you mean", "used twice", "cannot be set", "an empty list"]
        return complaint.wholeMatch(of: /b\.json:1:\d+: .+/) != nil && words.contains { complaint.contains($0) }
    }

    @Test(arguments: BoardFiles.names)
    func everyDamageIsToldExactly(name: String) throws {
        let original = try JSONDecoder().decode(JSONTree.self, from: Data(try BoardFiles.bytes(name)))
        #expect(BoardFiles.complaint(original.text) == nil)
        var kinds: Set<String> = []
        for path in original.paths {
            try damage(original, path, name)
            // The rest once for each kind of key: entries of a section differ in nothing but their names.
            if kinds.insert(Self.kind(path)).inserted { try damageMore(original, path, name) }
        }
    }

    /// A path without the names and numbers of entries.
    static func kind(_ path: [JSONTree.Step]) -> String {
        guard path.count > 1 else { return text(path) }
        return text([path[0], .index(0)] + path.dropFirst(2))
    }

    private func damage(_ original: JSONTree, _ path: [JSONTree.Step], _ name: String) throws {
        let place = Self.text(path)
        let value = try #require(original[path[...]])
        // Without it the file is still valid, or the complaint names what lacks it.
        var damaged = original
        damaged[path[...]] = nil
        if let removed = BoardFiles.complaint(damaged.text) {
            #expect(Self.isExact(removed), "\(name) without \(place): \(removed)")
        }
        // Another kind of value is refused where it stands.
        let sentinel: JSONTree
        switch value {
        case .array, .object: sentinel = .raw("\"sentinel\"")
        default: sentinel = .raw("{\"sentinel\":1}")
        }
        damaged = original
        damaged[path[...]] = sentinel
        let before = try #require(damaged.text.components(separatedBy: sentinel.text).first)
        let column = before.unicodeScalars.count + 1
        let refused = BoardFiles.complaint(damaged.text)
        #expect(refused?.hasPrefix("b.json:1:\(column): \(place): ") == true, "\(name): \(refused ?? "taken")")
        #expect(refused.map(Self.isExact) == true, "\(name) \(place): \(refused ?? "taken")")
    }

    private func damageMore(_ original: JSONTree, _ path: [JSONTree.Step], _ name: String) throws {
        let place = Self.text(path)
        let value = try #require(original[path[...]])
        // A value far out of range is refused.
        for extreme in Self.extremes(of: value) {
            var damaged = original
            damaged[path[...]] = extreme
            let refused = BoardFiles.complaint(damaged.text)
            #expect(
                refused.map(Self.isExact) == true,
                "\(name) \(place) = \(extreme.text.prefix(20)): \(refused ?? "taken")")
        }
        // And so is a key that nobody knows.
        guard case .key(let key) = path.last, case .object(var members)? = original[path.dropLast()] else { return }
        members["\(key)-x Y"] = members.removeValue(forKey: key)
        var renamed = original
        renamed[path.dropLast()] = .object(members)
        let unknown = BoardFiles.complaint(renamed.text)
        #expect(unknown.map(Self.isExact) == true, "\(name) \(place) renamed: \(unknown ?? "taken")")
    }

    private static func extremes(of value: JSONTree) -> [JSONTree] {
        switch value {
        case .number: [.raw("1e15"), .raw("-1e15"), .raw("0.5")]
        case .string: [.string(String(repeating: "a", count: 300)), .raw("\"\\u0007\"")]
        case .array: [.array(Array(repeating: .raw("\"x\""), count: 70))]
        case .bool, .object, .raw: [.raw("null")]
        }
    }
}
