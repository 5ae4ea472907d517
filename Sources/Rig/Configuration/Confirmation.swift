/// The operator's word that something unverified in the board file is right on this rig.
public struct Confirmation: Equatable, Sendable {
    /// What is confirmed, for example `lines.psu_enable`.
    public var path: String
    /// Where the configuration says so: file, line, column and key.
    public var place: DocumentError

    /// Most confirmations that a configuration may hold.
    static let limit = 128

    static func read(from reader: inout DocumentReader) throws(DocumentError) -> Confirmation {
        let path = try reader.string("what the board file calls unverified, for example \"lines.psu_enable\"") { text in
            text.utf8.isEmpty ? nil : text
        }
        return Confirmation(path: path, place: reader.problemHere(""))
    }
}
