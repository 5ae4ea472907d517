import Platform
import Rig

/// Where events and the live line go: standard error, the event log, and the terminal.
final class EventSink {
    private let format: EventLine
    private let level: Event.Severity
    private var error = StandardStream.error
    private var output = StandardStream.output
    private let state: StateDirectory?
    private let isLive: Bool
    private var shownLength = 0
    private var hasComplained = false

    /// - Parameter isJournal: the service manager reads standard error: lines carry priorities instead of times.
    init(level: Event.Severity, isJournal: Bool, state: StateDirectory?) {
        self.level = level
        self.state = state
        format = isJournal ? .journal : .stamped
        isLive = output.isTerminal
    }

    func write(_ event: Event) {
        guard event.severity <= level else { return }
        clearLive()
        let now = Clock.wallSeconds
        error.writeLine(format.format(event, unixSeconds: now).span)
        guard let state else { return }
        do throws(FileError) {
            try state.append(EventLine.stamped.format(event, unixSeconds: now))
            hasComplained = false
        } catch {
            // Once per outage: a full disk must not flood the journal as well.
            guard !hasComplained else { return }
            hasComplained = true
            let complaint = Event(.error, "log", "cannot write the event log: \(error.description)")
            self.error.writeLine(format.format(complaint, unixSeconds: now).span)
        }
    }

    /// Shows `line` in place of the last one, on a terminal only; works on the dumbest, without escape codes.
    func showLive(_ line: String) {
        guard isLive else { return }
        let width = max(20, (output.columns ?? 80) - 1)
        let text = Array(line.utf8.prefix(width))
        output.writeRaw([0x0D] + text + Array(repeating: 0x20, count: max(0, shownLength - text.count)))
        shownLength = text.count
    }

    /// Leaves the last live line standing.
    func finishLive() {
        guard shownLength > 0 else { return }
        output.writeRaw([0x0A])
        shownLength = 0
    }

    private func clearLive() {
        guard shownLength > 0 else { return }
        output.writeRaw([0x0D] + Array(repeating: 0x20, count: shownLength) + [0x0D])
        shownLength = 0
    }
}
