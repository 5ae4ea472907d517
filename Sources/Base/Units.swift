/// A physical quantity counted in whole units, so that control decisions are exact and repeatable on every CPU.
///
/// Arithmetic saturates: a wild measurement must not stop the agent, nor come back with the opposite sign.
public protocol Quantity: Comparable, Hashable, Sendable {
    /// The count of the type's unit.
    var value: Int32 { get }

    init(value: Int32)
}

extension Quantity {
    /// The quantity nearest to `value` units that the type can hold.
    public init(clamping value: some BinaryInteger) {
        self.init(value: Int32(clamping: value))
    }

    public static var zero: Self { Self(value: 0) }

    public static func < (a: Self, b: Self) -> Bool { a.value < b.value }

    /// The sum, or the end of the range that it lies beyond.
    public static func + (a: Self, b: Self) -> Self { Self(clamping: Int64(a.value) + Int64(b.value)) }

    /// The difference, or the end of the range that it lies beyond.
    public static func - (a: Self, b: Self) -> Self { Self(clamping: Int64(a.value) - Int64(b.value)) }
}

/// A temperature, or a difference of two, in thousandths of a degree Celsius.
public struct Celsius: Quantity {
    public var millidegrees: Int32

    public init(millidegrees: Int32) {
        self.millidegrees = millidegrees
    }

    /// A whole number of degrees.
    public static func degrees(_ degrees: Int32) -> Celsius {
        Celsius(clamping: Int64(degrees) * 1000)
    }

    /// A binary fraction of degrees as sensors count them, `count` / 2^`fractionBits` °C with 0–8 fraction bits.
    /// Half a thousandth rounds to the hotter side.
    public static func binary(_ count: Int32, fractionBits: Int32) -> Celsius {
        let half: Int64 = fractionBits > 0 ? 1 << Int64(fractionBits - 1) : 0
        return Celsius(clamping: (Int64(count) * 1000 + half) >> Int64(fractionBits))
    }

    public var value: Int32 { millidegrees }

    public init(value: Int32) {
        millidegrees = value
    }
}

/// An electrical potential in thousandths of a volt.
public struct Millivolts: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

/// An electrical current in thousandths of an ampere.
public struct Milliamperes: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

/// A power in thousandths of a watt, up to 2.1 MW.
public struct Milliwatts: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

/// A speed of rotation in revolutions per minute.
public struct RPM: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

/// A frequency in whole hertz, up to 2.1 GHz: bus and PWM clocks.
public struct Hertz: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

/// A frequency in thousandths of a hertz, up to 2.1 MHz: the mains.
public struct Millihertz: Quantity {
    public var value: Int32

    public init(value: Int32) { self.value = value }

    public init(_ value: Int32) { self.value = value }
}

extension Millivolts {
    /// The power of a current at this voltage, rounded toward zero.
    public static func * (voltage: Millivolts, current: Milliamperes) -> Milliwatts {
        Milliwatts(clamping: Int64(voltage.value) * Int64(current.value) / 1000)
    }
}
