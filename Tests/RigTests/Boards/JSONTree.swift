import Foundation

/// A JSON document that tests can change.
indirect enum JSONTree: Codable {
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])
    /// Text that stands in the document as it is.
    case raw(String)

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONTree].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {}

    /// The document in one line, with the keys in alphabetical order.
    var text: String {
        switch self {
        case .bool(let bool): bool ? "true" : "false"
        case .number(let number): number == number.rounded() ? "\(Int(number))" : "\(number)"
        case .string(let string): "\"\(string.replacing("\"", with: "\\\""))\""
        case .array(let elements): "[\(elements.map(\.text).joined(separator: ","))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ","))}"
        case .raw(let text): text
        }
    }

    enum Step: Hashable {
        case key(String)
        case index(Int)
    }

    /// The ways to everything inside.
    var paths: [[Step]] {
        switch self {
        case .array(let elements):
            elements.enumerated().flatMap { index, value in [[.index(index)]] + value.paths.map { [.index(index)] + $0 }
            }
        case .object(let members):
            members.sorted { $0.key < $1.key }
                .flatMap { key, value in [[.key(key)]] + value.paths.map { [.key(key)] + $0 } }
        default: []
        }
    }

    /// What stands at the end of `path`; setting it to nil removes it.
    subscript(path: ArraySlice<Step>) -> JSONTree? {
        get {
            guard let step = path.first else { return self }
            switch (self, step) {
            case (.array(let elements), .index(let index)): return elements[index][path.dropFirst()]
            case (.object(let members), .key(let key)): return members[key]?[path.dropFirst()]
            default: return nil
            }
        }
        set {
            guard let step = path.first else {
                if let newValue { self = newValue }
                return
            }
            switch (self, step) {
            case (.array(var elements), .index(let index)):
                if path.count == 1, newValue == nil {
                    elements.remove(at: index)
                } else {
                    elements[index][path.dropFirst()] = newValue
                }
                self = .array(elements)
            case (.object(var members), .key(let key)):
                if path.count == 1 { members[key] = newValue } else { members[key]?[path.dropFirst()] = newValue }
                self = .object(members)
            default: break
            }
        }
    }
}
