import Base
import Platform
import Rig

/// The controller's records in the state directory. A file that cannot be used is set aside, never overwritten, and the rig
/// goes on without it.
struct ControlRecords {
    private let state: StateDirectory?
    private(set) var memory: ControlMemory
    private(set) var powerMemory: PowerMemory?
    /// What could not be read.
    private(set) var complaints: [Event] = []

    init(_ state: StateDirectory?, supplyCount: Int, boardCount: Int) {
        self.state = state
        memory = ControlMemory(supplyCount: supplyCount, boardCount: boardCount)
        guard state != nil else { return }
        if let faults = read(Self.name(of: .faults), FaultRecord.read) { memory.faults = faults }
        if let starts = read(Self.name(of: .starts), StartLedger.read) { memory.starts = starts }
        let cycles = read(Self.name(of: .cycles)) { (file, bytes) throws(DocumentError) in
            try CycleLedger.read(file: file, bytes: bytes, supplyCount: supplyCount, boardCount: boardCount)
        }
        if let cycles { memory.cycles = cycles }
        let tuning = read(Self.name(of: .tuning)) { (file, bytes) throws(DocumentError) in
            try TuningRecord.read(file: file, bytes: bytes, boardCount: boardCount)
        }
        if let tuning { memory.tuning = tuning }
        powerMemory = read(Self.powerName, PowerMemory.read)
    }

    private static let powerName = "power.json"

    private static func name(of record: ControlRecord) -> String {
        switch record {
        case .faults: "faults.json"
        case .cycles: "cycles.json"
        case .tuning: "tuning.json"
        case .starts: "starts.json"
        }
    }

    /// What came before this start: a machine that is just up has most likely had its power back, with many others.
    /// - Parameter uptime: the monotonic clock, which counts from the machine's start.
    func start(uptime: Instant) -> PowerStart {
        guard powerMemory != nil else { return .fresh }
        return uptime.nanoseconds < 300 * 1_000_000_000 ? .powerReturned : .restarted
    }

    private mutating func read<Value>(
        _ name: String, _ parse: (String, [UInt8]) throws(DocumentError) -> Value
    ) -> Value? {
        let (value, complaint) = state?.read(name, parse) ?? (nil, nil)
        if let complaint { complaints.append(Event(.error, "state", complaint)) }
        return value
    }

    /// Writes a record; an event when that fails.
    func write(_ record: ControlRecord, _ json: [UInt8]) -> Event? { write(Self.name(of: record), json) }

    func write(_ memory: PowerMemory) -> Event? { write(Self.powerName, memory.json) }

    private func write(_ name: String, _ json: [UInt8]) -> Event? {
        guard let state else { return nil }
        do throws(FileError) {
            try state.write(name, json)
            return nil
        } catch {
            return Event(.error, "state", "cannot save: \(error.description)")
        }
    }
}
