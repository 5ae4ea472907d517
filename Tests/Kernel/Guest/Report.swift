import Base
import Buses
import Platform

/// Counts what held and prints what did not.
struct Report: ~Copyable {
    private var output = StandardStream.output
    private var passed = 0
    private var failed = 0
    private let start = Clock.now

    mutating func expect(_ claim: StaticString, _ holds: Bool) {
        if holds { passed += 1 } else { fail("\(claim.description): does not hold") }
    }

    /// Runs `body`, which must not fail.
    mutating func run<Result>(_ claim: StaticString, _ body: () throws(BusFault) -> Result) -> Result? {
        do throws(BusFault) {
            let result = try body()
            passed += 1
            return result
        } catch {
            fail("\(claim.description): \(error.description)")
            return nil
        }
    }

    /// Runs `body`, which must fail in this way.
    mutating func expectFault<Result>(
        _ claim: StaticString, _ kind: BusFault.Kind, _ body: () throws(BusFault) -> Result
    ) {
        do throws(BusFault) {
            _ = try body()
            fail("\(claim.description): succeeded, expected '\(kind.description)'")
        } catch {
            if error.kind == kind {
                passed += 1
            } else {
                fail("\(claim.description): '\(error.description)', expected '\(kind.description)'")
            }
        }
    }

    /// Sets the stage, for example through /sys.
    mutating func run(_ step: StaticString, _ body: () throws(SystemError) -> Void) {
        do throws(SystemError) { try body() } catch { fail("\(step.description): \(error.description)") }
    }

    /// Writes an attribute of the kernel.
    mutating func write(_ text: String, to path: String) {
        do throws(FileError) {
            try File.writeExisting(path, Array(text.utf8).span)
        } catch {
            fail(error.description)
        }
    }

    /// Reads an attribute of the kernel, without the end of the line.
    mutating func read(_ path: String) -> String {
        do throws(FileError) {
            let bytes = try File.read(path, limit: 4096).prefix { $0 != UInt8(ascii: "\n") }
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            fail(error.description)
            return ""
        }
    }

    mutating func note(_ line: String) { _ = output.writeLine(line) }

    mutating func fail(_ line: String) {
        failed += 1
        note("FAILED " + line)
    }

    /// The exit code.
    mutating func finish() -> Int32 {
        let milliseconds = (Clock.now - start).nanoseconds / 1_000_000
        note("\(passed) claims hold, \(failed) do not; \(milliseconds) ms")
        return failed == 0 ? 0 : 1
    }
}
