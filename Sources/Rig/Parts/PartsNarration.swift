import Base
import Peripherals

/// What the log says about parts. Values are not for the log.
public enum PartsNarration {
    /// The entry for the log; nil for values.
    public static func event(for news: PartNews, board: Board) -> Event? {
        switch news {
        case .found(let path): Event(.info, "parts", "\(path) answers")
        case .lost(let path, let fault): Event(.warning, "parts", "\(path): \(fault.description)")
        case .plugged(let chain, let isPlugged):
            Event(.notice, "parts", "board \(chain) is \(isPlugged ? "plugged in" : "not plugged in")")
        case .supply(let index, let state):
            board.supplies.indices.contains(index)
                ? Event(.notice, "parts", "supply \(board.supplies[index].name) is \(text(state))") : nil
        case .memory(let index, let preamble, let isPlain):
            board.eeproms.indices.contains(index)
                ? Event(
                    .info, "parts",
                    "memory \(board.eeproms[index].name): \(text(preamble))\(isPlain ? ", in plain text" : "")") : nil
        case .temperature, .duty, .speed, .supplyOutput, .meter: nil
        }
    }

    private static func text(_ state: SupplyState) -> String {
        switch state {
        case .unidentified: "not identified"
        case .off: "off"
        case .discharging: "discharging"
        case .switchingOn: "switching on"
        case .on: "on"
        case .switchingOff: "switching off"
        case .givenUp: "given up: switching on failed"
        }
    }

    private static func text(_ preamble: AT24C02.Preamble) -> String {
        switch preamble {
        case .s19Pro: "record of the S19 Pro kind"
        case .s17Plus: "record of the S17+ kind"
        case .braiins: "record written by Braiins firmware"
        case .erased: "never written"
        case .unknown(let first, let second): "unknown record 0x\(Hex.text(first)) 0x\(Hex.text(second))"
        }
    }
}
