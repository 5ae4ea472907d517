import Foundation

/// JSON by way of Foundation, so that the pool reads and writes it with other code than the agent does.
enum JSONText {
    /// The quoted and escaped form of `text`.
    static func string(_ text: String) -> String {
        fragment(text) ?? "\"\""
    }

    /// `value`, as `JSONSerialization` read it, as text again; nil when it is nothing that JSON can hold.
    static func fragment(_ value: Any) -> String? {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .withoutEscapingSlashes]
        do {
            return String(decoding: try JSONSerialization.data(withJSONObject: value, options: options), as: UTF8.self)
        } catch {
            return nil
        }
    }

    /// The members of the object in `line`; nil when it is something else or not JSON.
    static func object(_ line: [UInt8]) -> [String: Any]? {
        do {
            return try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        } catch {
            return nil
        }
    }
}
