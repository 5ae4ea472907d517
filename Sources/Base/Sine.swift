/// The sine of an angle in whole turns, to about 1e-9.
/// The board build has no mathematics library to ask.
public func sine(turns: Double) -> Double {
    // Into a quarter turn either side of zero, where the series is short.
    var x = turns - turns.rounded()
    if x > 0.25 { x = 0.5 - x } else if x < -0.25 { x = -0.5 - x }
    let angle = x * 2 * Double.pi
    let square = angle * angle
    var term = angle
    var sum = angle
    for order in 1..<8 {
        term *= -square / Double(2 * order * (2 * order + 1))
        sum += term
    }
    return sum
}
