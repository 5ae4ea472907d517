import Base
import Buses
import CLinux
import Daemon

/// The buses of a simulated rig. What a model cannot do is done here: answers of a controller's driver in place of a device's.
final class RigDevices: SimbusDevices {
    private enum Place: Equatable {
        case i2c(UInt16)
        case spi(UInt8)
    }

    private struct Refusal {
        let place: Place
        /// Nil: no answer, so that the controller gives up.
        let errno: CInt?
    }

    private let rig: ServedRig
    private var refusals: [Refusal] = []

    init(_ rig: ServedRig) { self.rig = rig }

    /// Carries out `refuse i2c|spi ADDRESS EREMOTEIO|EAGAIN|EIO|silence|nothing`; nil for any other command.
    func command(_ line: [UInt8]) -> (isAccepted: Bool, text: String)? {
        let words = line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 4, words[0] == "refuse", let address = UInt8(words[2]) else { return nil }
        let place: Place = words[1] == "i2c" ? .i2c(UInt16(address)) : .spi(address)
        refusals.removeAll { $0.place == place }
        switch words[3] {
        case "EREMOTEIO": refusals.append(Refusal(place: place, errno: EREMOTEIO))
        case "EAGAIN": refusals.append(Refusal(place: place, errno: EAGAIN))
        case "EIO": refusals.append(Refusal(place: place, errno: EIO))
        case "silence": refusals.append(Refusal(place: place, errno: nil))
        case "nothing": break
        default: return (isAccepted: false, text: "unknown refusal \(words[3])")
        }
        return (isAccepted: true, text: "ok")
    }

    func exchange(_ bytes: inout [UInt8], chipSelect: UInt8, hertz: UInt32, isSending: Bool) -> CInt? {
        if let refusal = refusals.first(where: { $0.place == .spi(chipSelect) }) { return refusal.errno.map { -$0 } }
        guard let device = rig.spi.first(where: { $0.chipSelect == UInt16(chipSelect) })?.device else { return -ENODEV }
        do throws(BusFault) {
            if device.clock.value != Int32(clamping: hertz) { try device.setClock(Hertz(Int32(clamping: hertz))) }
            var span = bytes.mutableSpan
            try device.exchange(&span)
            return 0
        } catch {
            return -errno(of: error)
        }
    }

    func transfer(_ address: UInt16, write: [UInt8], read: inout [UInt8]) -> CInt? {
        if let refusal = refusals.first(where: { $0.place == .i2c(address) }) { return refusal.errno.map { -$0 } }
        guard let bus = rig.i2c.first?.bus, let target = I2CAddress(sevenBit: UInt8(clamping: address)) else {
            return -ENXIO
        }
        do throws(BusFault) {
            var span = read.mutableSpan
            try bus.transfer(target, write: write.span, read: &span, options: [])
            return 0
        } catch {
            return -errno(of: error)
        }
    }

    /// What a controller's driver would say.
    private func errno(of fault: BusFault) -> CInt {
        switch fault.kind {
        case .noAcknowledge: ENXIO
        case .timeout: ETIMEDOUT
        case .arbitrationLost: EAGAIN
        case .busStuck: EBUSY
        case .unplugged: ENODEV
        default: EIO
        }
    }
}
