import Foundation

/// Rules for every text file.
enum TextRules {
    static let linesMax = 400
    static let bytesMax = 1_000_000

    static func length(of file: SourceFile) -> [Finding] {
        let count = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
        guard file.isSwift || file.isC, count > linesMax else { return [] }
        return [Finding(rule: .length, path: file.path, message: "\(count) lines, expected at most \(linesMax)")]
    }

    static func size(of path: String, bytes: Int) -> [Finding] {
        guard bytes > bytesMax else { return [] }
        return [Finding(rule: .size, path: path, message: "\(bytes) bytes, expected at most \(bytesMax)")]
    }

    /// Put together here so that this file does not break its own rule.
    static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    static let machineFolders = ["work", "root", "opt", "home", "Users"].map { "/\($0)/" }

    /// No notes of unfinished work, and no paths of the machine that somebody happened to work on.
    static func words(in file: SourceFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line -> [Finding] in
            let notes = unfinished.filter { occurs($0, in: line) { !($0.isLetter || $0.isNumber || $0 == "_") } }
            let paths = machineFolders.filter { folder in
                occurs(folder, in: line, endsFreely: true) { !($0.isLetter || $0.isNumber || "._-~$})*".contains($0)) }
            }
            return (notes + paths).map {
                Finding(rule: .words, path: file.path, line: index + 1, message: "'\($0)' does not belong here")
            }
        }
    }

    /// Whether `word` stands in `line` with a character on either side that `isBoundary` accepts, or none.
    private static func occurs(
        _ word: String, in line: Substring, endsFreely: Bool = false, _ isBoundary: (Character) -> Bool
    ) -> Bool {
        var rest = line
        while let range = rest.range(of: word) {
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            if isBoundary(before), endsFreely || isBoundary(after) { return true }
            rest = line[range.upperBound...]
        }
        return false
    }
}
