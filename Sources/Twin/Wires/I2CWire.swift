import Base
import Buses

/// What is wrong with a whole I2C bus.
public enum TwinBusFault: Equatable, Sendable {
    /// A line is held low.
    case stuck
    /// No address is acknowledged.
    case noAcknowledge
    /// Transfers do not end in time.
    case timeout
}

/// A simulated I2C bus with its parts.
final class I2CWire {
    /// A part and what is wrong with it.
    struct Slot {
        let target: any TwinI2CTarget
        /// Does not acknowledge.
        var isDead = false
        /// So many writes are acknowledged and lost.
        var lostWrites = 0
    }

    let number: UInt16
    var fault: TwinBusFault?
    /// Transfers so far, failed ones included.
    private(set) var transfers: UInt64 = 0
    private var slots: [Slot?]

    init(number: UInt16) {
        self.number = number
        slots = [Slot?](repeating: nil, count: 128)
    }

    func attach(_ target: any TwinI2CTarget, at address: I2CAddress) {
        slots[Int(address.value)] = Slot(target: target)
    }

    func hasPart(at address: I2CAddress) -> Bool { slots[Int(address.value)] != nil }

    func setDead(_ isDead: Bool, at address: I2CAddress) {
        slots[Int(address.value)]?.isDead = isDead
    }

    func loseWrites(_ count: Int, at address: I2CAddress) {
        slots[Int(address.value)]?.lostWrites = count
    }

    /// One part forgets its settings, or all do.
    func powerOn(at address: I2CAddress?, now: Instant) {
        for index in slots.indices where address == nil || Int(address?.value ?? 0) == index {
            slots[index]?.target.powerOn(now: now)
        }
    }

    /// Nil when the transfer succeeded.
    func transfer(
        _ address: I2CAddress, write: Span<UInt8>, read: inout MutableSpan<UInt8>, ignoresNAK: Bool, now: Instant
    ) -> BusFault.Kind? {
        transfers += 1
        switch fault {
        case .stuck: return .busStuck
        case .timeout: return .timeout
        case .noAcknowledge: return .noAcknowledge
        case nil: break
        }
        let index = Int(address.value)
        guard let slot = slots[index], !slot.isDead, slot.target.acknowledges || ignoresNAK else {
            return ignoresNAK ? nil : .noAcknowledge
        }
        if write.count > 0 {
            // Only writes with data can be lost: a register number alone is part of a read.
            if write.count > 1, slot.lostWrites > 0 {
                slots[index]?.lostWrites -= 1
            } else if !slot.target.take(write, now: now), !ignoresNAK {
                return .noAcknowledge
            }
        }
        if read.count > 0, !slot.target.give(&read, now: now), !ignoresNAK { return .noAcknowledge }
        return nil
    }
}
