import Base
import Buses

/// Register codes of the fan blocks in the programmable logic of Antminer control boards. How the registers are
/// reached (UIO or the vendor's device node) is the board's affair.
public enum FPGAFan {
    /// The speed for a tachometer register of the S9 block, which counts revolutions per second.
    ///
    /// - Throws: `stopped` for 0, `allOnes`. Fan 0's line is not wired on the S9 and always reads as stopped.
    public static func rpm(s9 revolutionsPerSecond: UInt32) throws(ReadingFailure) -> RPM {
        if revolutionsPerSecond == .max { throw .allOnes }
        if revolutionsPerSecond == 0 { throw .stopped }
        return RPM(clamping: Int64(revolutionsPerSecond) * 60)
    }

    /// The S9 block's PWM register: whole percent.
    public static func pwm(s9 duty: DutyCycle) -> UInt32 { percent(duty) }

    /// The PWM registers 0x084 and 0x0A0 of the S19's block: percent on in the upper half, percent off in the lower.
    public static func pwm(s19 duty: DutyCycle) -> UInt32 {
        percent(duty) << 16 | 100 - percent(duty)
    }

    /// Whole percent, rounded up so that cooling is never less than asked for.
    private static func percent(_ duty: DutyCycle) -> UInt32 {
        UInt32(duty.code(maximum: 100))
    }
}
