import Base
import Buses

/// The way to a simulated rig in another process. One thread at a time; a call waits for its answer.
public protocol RemoteLink: AnyObject {
    /// Sends a request with its length in front, and returns the answer without its length.
    /// - Throws: `unplugged` when the other process is gone, `timeout` when it does not answer.
    func call(_ request: borrowing Span<UInt8>) throws(BusFault) -> ArraySlice<UInt8>
}

/// Requests over a link, with their faults: what the remote parts have in common.
struct RemoteCall {
    let link: any RemoteLink
    let name: BusName

    /// Sends one request and hands over what the answer holds besides its status.
    func callAsFunction(
        _ operation: RemoteOperation, _ target: UInt16, address: UInt16? = nil, what: StaticString,
        _ arguments: (inout WireWriter) -> Void = { _ in }
    ) throws(BusFault) -> WireReader {
        var writer = WireWriter()
        writer.append(UInt16(0))
        writer.append(operation.rawValue)
        writer.append(target)
        arguments(&writer)
        writer.finish()
        do throws(BusFault) {
            let answer = try link.call(writer.bytes.span)
            var reader = WireReader(answer)
            guard let code = reader.byte() else { throw BusFault(.unplugged, bus: name, operation: what) }
            guard code == RemoteFault.none else {
                throw BusFault(RemoteFault.read(code: code, &reader), bus: name, operation: what)
            }
            return reader
        } catch {
            throw BusFault(error.kind, bus: name, address: address, operation: what)
        }
    }

    /// What an answer that is cut short amounts to.
    func short(_ what: StaticString) -> BusFault { BusFault(.unplugged, bus: name, operation: what) }
}
