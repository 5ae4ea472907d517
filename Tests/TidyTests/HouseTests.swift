import Testing

/// The house rules that neither the compiler nor the formatter checks, held against this repository.
@Suite struct HouseTests {
    let tree: SourceTree
    let manifest: Manifest
    let table: LayerTable

    init() throws {
        tree = try SourceTree.shared.get()
        manifest = Manifest(try tree.file("Package.swift"))
        table = LayerTable(try tree.file(LayerRules.page))
    }

    private var daemonFiles: [SourceFile] {
        tree.files.filter { file in
            file.isSwift && file.module.flatMap(manifest.module)?.isDaemon == true
        }
    }

    private func expectNone(_ findings: [Finding], _ rules: Finding.Rule...) {
        for finding in findings.applying(exemptions, to: Set(rules)) {
            Issue.record("\(finding)")
        }
    }

    @Test func theTreeIsTheOneThatIsMeant() {
        let paths = tree.files.map(\.path)
        #expect(paths.contains("Tests/TidyTests/HouseTests.swift"))
        let daemonPaths = daemonFiles.map(\.path)
        #expect(daemonPaths.contains("Sources/Base/Instant.swift"))
        #expect(table.rows.contains { $0.module == "Base" })
        #expect(manifest.module("Base")?.isDaemon == true)
    }

    @Test func daemonCodeHandlesFaultsInsteadOfCrashing() {
        expectNone(daemonFiles.flatMap(CodeRules.crashes), .crash)
    }

    @Test func daemonCodeUnwrapsNothingByForce() {
        expectNone(daemonFiles.flatMap(CodeRules.forceUnwraps), .unwrap)
    }

    @Test func daemonCodeDocumentsWhatIsPublic() {
        expectNone(daemonFiles.flatMap(CodeRules.undocumented), .comments)
    }

    @Test func modulesImportWhatTheArchitecturePageAllows() {
        expectNone(tree.files.flatMap { LayerRules.imports(in: $0, manifest, table) }, .imports)
    }

    @Test func arrowsGoDownOnly() {
        expectNone(LayerRules.arrows(in: table) + LayerRules.dependencies(of: manifest, in: table), .layers)
    }

    @Test func filesAreShortEnoughToRead() {
        expectNone(tree.files.flatMap(TextRules.length), .length)
    }

    @Test func nothingLargeIsKeptHere() {
        expectNone(tree.sizes.flatMap { TextRules.size(of: $0.key, bytes: $0.value) }, .size)
    }

    @Test func nothingIsLeftUnfinishedOrTiedToOneMachine() {
        expectNone(tree.files.flatMap(TextRules.words), .words)
    }

    @Test func everyPageCanBeReached() {
        let pages = tree.files.filter { $0.path.hasSuffix(".md") }
        expectNone(
            PageRules.links(in: pages) { path in
                tree.sizes.keys.contains { $0 == path || $0.hasPrefix(path + "/") }
            }, .links)
    }

    @Test func theMakefileKeepsItsContract() throws {
        expectNone(
            PageRules.targets(
                makefile: try tree.file("Makefile"), ci: try tree.file(".ci/run"), readme: try tree.file("README.md")),
            .targets)
    }
}
