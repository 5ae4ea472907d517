import Testing

/// Every rule fires on a sample that breaks it, and keeps quiet about one that looks similar.
@Suite struct RuleTests {
    private func swift(_ text: String, at path: String = "Sources/Base/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    @Test(arguments: [
        "fatalError(\"no\")", "preconditionFailure()", "let a = try! f()", "let b = c as! D", "let e = try? f()",
        "log(\"\\(try! f())\")",
    ])
    func crashesAreFound(_ sample: String) {
        #expect(CodeRules.crashes(in: swift(sample)).count == 1)
    }

    @Test(arguments: [
        "// try! f()", "log(\"as! D\")", "let b = c as? D", "do { try f() } catch {}", "func fatalErrors() {}",
        "/* fatalError() */",
    ])
    func whatOnlyLooksLikeACrashIsLeftAlone(_ sample: String) {
        #expect(CodeRules.crashes(in: swift(sample)) == [])
    }

    @Test(arguments: [
        "a!.b", "f()!", "a[0]! + 1", "var a: Int!", "g { 1 }!", "a!\n    .b", "a! = 1", "let a = [Int](b)!",
    ])
    func forceUnwrapsAreFound(_ sample: String) {
        #expect(CodeRules.forceUnwraps(in: swift(sample)).count == 1)
    }

    @Test(arguments: [
        "a != b", "a!=b", "!a", "f(!a)", "[!a]", "{ !a }", "a && !b", "#if !os(Linux)", "try! f()", "a as! B", "// a!",
        "\"a!\"",
        "return !a",
    ])
    func otherExclamationMarksAreLeftAlone(_ sample: String) {
        #expect(CodeRules.forceUnwraps(in: swift(sample)) == [])
    }

    @Test(arguments: [
        "public func f() {}", "public struct S {}", "    public static func g() {}", "public init?(a: Int) {}",
        "public init(a: Int) throws(Fault) {}", "@inlinable\npublic func f() {}",
        "// Not a doc comment.\npublic enum E {}",
        "public final class C {}", "public subscript(i: Int) -> Int { 1 }", "public protocol P {}",
        "/// Another one.\npublic func f() {}\npublic func g() {}", "public static func + (a: S, b: S) -> S { a }",
    ])
    func undocumentedDeclarationsAreFound(_ sample: String) {
        #expect(CodeRules.undocumented(in: swift(sample)).count == 1)
    }

    @Test(arguments: [
        "/// What it does.\npublic func f() {}", "/// It.\n@inlinable\npublic func f() {}", "func f() {}",
        "public import Base",
        "public extension S {}", "public static func == (a: S, b: S) -> Bool { true }",
        "public init(a: Int) { self.a = a }",
        "/** It. */\npublic func f() {}", "public private(set) var a = 1", "public let a = 1",
        "public var description: String { \"\" }", "// public func f() {}",
    ])
    func documentedAndPrivateDeclarationsAreLeftAlone(_ sample: String) {
        #expect(CodeRules.undocumented(in: swift(sample)) == [])
    }

    private let manifest = Manifest(
        SourceFile(
            path: "Package.swift",
            text: """
                func room(_ name: String) -> Target { .target(name: name, swiftSettings: daemonSettings) }
                targets: [
                    .executableTarget(name: "agent", dependencies: ["Rig"], swiftSettings: daemonSettings),
                    .target(name: "Tool", dependencies: ["Base"], swiftSettings: hostSettings),
                    room("Rig", ["Platform", "Base"]), // room("Ghost")
                    room("Platform", ["CLinux", "Base"]),
                    room("Base"),
                    .target(name: "CLinux"),
                    tests("BaseTests", ["Base"]),
                ]
                """))
    private let table = LayerTable(
        SourceFile(
            path: LayerRules.page,
            text: """
                | Module | May import | What lives there |
                |---|---|---|
                | `agent` | `Rig` | flags of `main` |
                | `Tool` | `Base` | |
                | `Rig` | `Platform` `Base` | |
                | `Platform` | `CLinux` `Base` | |
                | `Base` | | |
                | `CLinux` | | |
                """))

    @Test func theManifestIsRead() {
        #expect(manifest.modules.map(\.name) == ["agent", "Tool", "Rig", "Platform", "Base", "CLinux", "BaseTests"])
        #expect(manifest.modules.filter(\.isDaemon).map(\.name) == ["agent", "Rig", "Platform", "Base"])
        #expect(manifest.modules.filter(\.isTest).map(\.name) == ["BaseTests"])
        #expect(manifest.module("Rig")?.dependencies == ["Platform", "Base"])
    }

    @Test func theTableIsRead() {
        #expect(table.row("agent")?.mayImport == ["Rig"])
        #expect(table.row("Platform")?.mayImport == ["CLinux", "Base"])
        #expect(table.row("CLinux")?.mayImport == [])
        #expect(LayerRules.arrows(in: table) == [])
        #expect(LayerRules.dependencies(of: manifest, in: table) == [])
    }

    @Test(arguments: [
        "import Foundation", "import Glibc", "import Musl", "import Dispatch", "import Rig", "import CLinux",
        "@_exported import Foundation", "internal import struct Foundation.Data", "import func Glibc.write",
        "@preconcurrency import Dispatch",
    ])
    func forbiddenImportsAreFound(_ sample: String) {
        #expect(LayerRules.imports(in: swift(sample), manifest, table).count == 1)
    }

    @Test func allowedImportsAreLeftAlone() {
        let sample =
            "import Synchronization\nimport Base\npublic import CLinux\n// import Foundation\nlet a = \"import Glibc\""
        #expect(LayerRules.imports(in: swift(sample, at: "Sources/Platform/Sample.swift"), manifest, table) == [])
        #expect(
            LayerRules.imports(in: swift("import Foundation", at: "Sources/Tool/Main.swift"), manifest, table) == [])
        #expect(
            LayerRules.imports(in: swift("import Foundation", at: "Tests/BaseTests/A.swift"), manifest, table) == [])
    }

    @Test func hostToolsKeepToTheTableToo() {
        #expect(LayerRules.imports(in: swift("import Rig", at: "Sources/Tool/Main.swift"), manifest, table).count == 1)
    }

    @Test func arrowsThatGoUpAreFound() {
        let page = "| `Base` | `Rig` | |\n| `Rig` | `CLinux` | |\n| `Platform` | `Base` | |\n| `CLinux` | | |"
        let findings = LayerRules.arrows(in: LayerTable(SourceFile(path: LayerRules.page, text: page)))
        #expect(
            findings.map(\.message) == [
                "Rig imports CLinux, which only Platform may", "Platform imports Base, which has no row below it",
            ])
    }

    @Test func dependenciesThatThePageDoesNotShowAreFound() {
        let page =
            "| `agent` | `Rig` | |\n| `Rig` | `Base` | |\n| `Platform` | `CLinux` `Base` | |\n| `Base` | | |\n| `CLinux` | | |"
        let findings = LayerRules.dependencies(
            of: manifest, in: LayerTable(SourceFile(path: LayerRules.page, text: page)))
        #expect(
            findings.map(\.message) == [
                "no row for the module Tool of Package.swift",
                "Rig depends on Platform, which Docs/architecture.md does not let it import",
            ])
    }

    @Test func rowsThatDoNotTellWhatIsThereAreFound() {
        let page =
            "| `agent` | `Rig` | |\n| `Gone` | | |\n| `Later` | | planned: more |\n| `Tool` | `Base` | planned |\n"
            + "| `Rig` | `Platform` `Base` | |\n| `Platform` | `CLinux` `Base` | |\n| `Base` | | |\n| `CLinux` | | |"
        let findings = LayerRules.dependencies(
            of: manifest, in: LayerTable(SourceFile(path: LayerRules.page, text: page)))
        #expect(findings.map(\.message) == ["Gone is not in Package.swift", "Tool is there, no longer planned"])
    }

    @Test func longFilesAreFound() {
        let lines = String(repeating: "a\n", count: TextRules.linesMax)
        #expect(TextRules.length(of: swift(lines)) == [])
        #expect(TextRules.length(of: swift(lines + "a\n")).count == 1)
        #expect(TextRules.length(of: swift(lines + "a", at: "Sources/CLinux/clinux.c")).count == 1)
        #expect(TextRules.length(of: swift(lines + "a\n", at: "Docs/long.md")) == [])
    }

    @Test func largeFilesAreFound() {
        #expect(TextRules.size(of: "a.bin", bytes: TextRules.bytesMax) == [])
        #expect(TextRules.size(of: "a.bin", bytes: TextRules.bytesMax + 1).count == 1)
    }

    @Test func unfinishedWorkAndMachinePathsAreFound() {
        for word in TextRules.unfinished {
            #expect(TextRules.words(in: swift("// \(word): more")).count == 1)
            #expect(TextRules.words(in: swift("A\(word)S \(word)_a")) == [])
        }
        for folder in TextRules.machineFolders {
            #expect(TextRules.words(in: swift("see \(folder)notes")).count == 1)
            #expect(TextRules.words(in: swift("a.org\(folder)b x\(folder)y ../\(folder.dropFirst())")) == [])
        }
    }

    @Test func lostLinksAndPagesAreFound() {
        let pages = [
            SourceFile(
                path: "README.md", text: "[a](Docs/a.md#part) [b](Docs/gone.md) [c](https://example.org/x) [d](#here)"),
            SourceFile(path: "Docs/a.md", text: "[up](../README.md) [self](a.md)"),
            SourceFile(path: "Docs/lonely.md", text: "[self](lonely.md)"),
        ]
        let findings = PageRules.links(in: pages) { path in pages.contains { $0.path == path } }
        #expect(
            findings.map(\.description) == [
                "README.md:1: link to 'Docs/gone.md' leads nowhere [links]",
                "Docs/lonely.md: no page links here [links]",
            ])
    }

    @Test func missingTargetsAreFound() {
        let complete = PageRules.contract.map { "\($0): ## Does \($0)" }.joined(separator: "\n")
        func findings(makefile: String, ci: String, readme: String) -> [String] {
            PageRules.targets(
                makefile: SourceFile(path: "Makefile", text: makefile), ci: SourceFile(path: ".ci/run", text: ci),
                readme: SourceFile(path: "README.md", text: readme)
            ).map(\.message)
        }
        #expect(findings(makefile: complete, ci: "stage lint\n", readme: "`make lint`") == [])
        #expect(
            findings(
                makefile: complete.replacing("run: ## Does run\n", with: ""), ci: "make lint", readme: "`make lint`")
                == ["no target 'run' with a '## ' description"])
        #expect(
            findings(makefile: complete, ci: "stage lint", readme: "`make linty`")
                == ["makes 'lint', which the README does not name"])
        #expect(findings(makefile: complete, ci: "true", readme: "") == ["makes nothing"])
    }

    @Test func exemptionsCoverOneRuleInOneFileAndMustBeNeeded() {
        let found = [Finding(rule: .crash, path: "a", message: "m"), Finding(rule: .unwrap, path: "a", message: "m")]
        let exemption = Exemption(rule: .crash, path: "a", reason: "because")
        #expect(found.applying([exemption], to: [.crash]) == [found[1]])
        #expect([found[1]].applying([exemption], to: [.crash]).last?.message == "exempt (because) without need")
        #expect([found[1]].applying([exemption], to: [.unwrap]) == [found[1]])
    }
}
