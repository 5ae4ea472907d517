import Base
import Buses

/// The command line of a simulated rig in another process.
public final class RemoteConsole {
    private let call: RemoteCall

    public init(over link: any RemoteLink) {
        call = RemoteCall(link: link, name: BusName(.gpio, 0))
    }

    /// Lets the other process carry out one line, and returns what it says.
    public func command(_ line: [UInt8]) throws(BusFault) -> TwinAnswer {
        var answer = try call(.command, 0, what: "say something to the simulated rig") { $0.append(line.span) }
        guard let isAccepted = answer.byte() else { throw call.short("say something to the simulated rig") }
        return TwinAnswer(isAccepted: isAccepted != 0, text: String(decoding: answer.rest, as: UTF8.self))
    }
}
