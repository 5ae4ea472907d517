import Base
import Grid

/// A product as its file describes it, with where each number comes from.
public struct ProductFile: Equatable, Sendable {
    /// How sure a number is.
    public enum Confidence: Equatable, Sendable {
        /// Read in a published source.
        case published
        /// From the primary document and believed exact; to be read again before money depends on it.
        case believed
        /// A default of this project, to be set by whoever has the contract.
        case assumed
    }

    /// Where one number of the file comes from.
    public struct Provenance: Equatable, Sendable {
        /// In the file, for example `timing.full_no_later_ms`.
        public var path: String
        public var confidence: Confidence
        /// The key of one of the file's sources.
        public var source: String
    }

    /// A source that the file names.
    public struct Source: Equatable, Sendable {
        public var key: String
        public var text: String
    }

    public var product: GridProduct
    public var region: String
    public var summary: String
    public var sources: [Source]
    public var provenance: [Provenance]

    /// Longest file in bytes.
    public static var limit: Int { 65536 }

    /// Reads a product file. A number without a source, an unknown key or values that contradict each other refuse it.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> ProductFile {
        try DocumentReader.read(file: file, bytes: bytes) { (reader) throws(DocumentError) in
            var document = ProductDocument()
            return try document.read(&reader)
        }
    }
}

extension GridProduct {
    /// Reads the product of a file, see `ProductFile`.
    public static func read(file: String, bytes: [UInt8]) throws(DocumentError) -> GridProduct {
        try ProductFile.read(file: file, bytes: bytes).product
    }
}
