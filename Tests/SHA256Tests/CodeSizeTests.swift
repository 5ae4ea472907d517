import Foundation
import Testing

/// A search loop that does not fit the 32 KiB instruction cache of common cores runs at about half the speed.
@Suite struct CodeSizeTests {
    @Test func everyKernelFitsTheInstructionCache() throws {
        let sizes = try kernelSizes()
        #if arch(x86_64)
            #expect(sizes.count == 8)
        #endif
        for (name, size) in sizes { #expect(size < 32 * 1024, "\(name) has \(size) bytes") }
    }

    /// Bytes of each search function in this executable, from its symbol table.
    private func kernelSizes() throws -> [(name: String, size: Int)] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["nm", "-S", URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return text.split(separator: "\n").compactMap { line in
            // Address, size, kind, name.
            let fields = line.split(separator: " ")
            guard fields.count == 4, fields[2].lowercased() == "t", let size = Int(fields[1], radix: 16) else {
                return nil
            }
            let isKernel = fields[3].hasPrefix("csha256_scan_") || fields[3].contains("8lastWord")
            return isKernel ? (String(fields[3]), size) : nil
        }
    }
}
