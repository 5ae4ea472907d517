import Foundation

/// Rules for the pages that readers see, and for the targets that they are told to make.
enum PageRules {
    static let contract = [
        "run", "test", "arm", "arm-check", "embedded", "dist", "bench", "bench-arm", "lint", "fmt", "check", "clean",
        "help",
    ]

    /// Relative links lead to a file, and every page under Docs is linked from the README or another page.
    static func links(in pages: [SourceFile], exists: (String) -> Bool) -> [Finding] {
        var findings: [Finding] = []
        var linked: Set<String> = []
        for page in pages {
            for (line, target) in links(in: page) {
                let path = resolve(target, from: page.path)
                if path != page.path { linked.insert(path) }
                if !exists(path) {
                    findings.append(
                        Finding(rule: .links, path: page.path, line: line, message: "link to '\(target)' leads nowhere")
                    )
                }
            }
        }
        for page in pages where page.path.hasPrefix("Docs/") && !linked.contains(page.path) {
            findings.append(Finding(rule: .links, path: page.path, message: "no page links here"))
        }
        return findings
    }

    /// The targets of the contract exist and say what they do; CI makes only targets that the README names.
    static func targets(makefile: SourceFile, ci: SourceFile, readme: SourceFile) -> [Finding] {
        let described = makefile.lines.filter { $0.contains("## ") }.compactMap { $0.split(separator: ":").first }
        let missing = contract.filter { target in !described.contains { $0 == target } }.map {
            Finding(rule: .targets, path: makefile.path, message: "no target '\($0)' with a '## ' description")
        }
        let made = ci.lines.enumerated().compactMap { index, line -> (Int, Substring)? in
            let words = line.split(separator: " ")
            guard words.count == 2, ["make", "stage"].contains(words[0]), words[1].first?.isLetter == true else {
                return nil
            }
            return (index + 1, words[1])
        }
        return missing
            + made.filter { !readme.text.contains("make \($0.1)`") }.map {
                Finding(
                    rule: .targets, path: ci.path, line: $0.0,
                    message: "makes '\($0.1)', which the README does not name")
            }
            + (made.isEmpty ? [Finding(rule: .targets, path: ci.path, message: "makes nothing")] : [])
    }

    private static func links(in page: SourceFile) -> [(line: Int, target: String)] {
        page.lines.enumerated().flatMap { index, line -> [(Int, String)] in
            line.matches(of: /\]\(([^)\s]+)\)/).compactMap { match in
                let target = match.output.1.prefix { $0 != "#" }
                return target.isEmpty || target.contains(":") ? nil : (index + 1, String(target))
            }
        }
    }

    private static func resolve(_ target: String, from path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return URL(fileURLWithPath: "/" + folder).appendingPathComponent(target).standardized.path.dropFirst()
            .description
    }
}
