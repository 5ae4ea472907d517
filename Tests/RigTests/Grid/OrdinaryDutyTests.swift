import Base
import Grid
import Testing
import Twin

/// The shipped products on 28 ordinary days of Continental Europe: what is for contingencies sleeps, what is in proportion to
/// the frequency begins where its rule says.
@Suite struct OrdinaryDutyTests {
    /// How often each product begins, and how often the frequency goes where its curve calls for something.
    private func starts(_ products: [GridProduct]) -> [(starts: Int, excursions: Int)] {
        var days = OrdinaryDays(seed: 11)
        var responders = products.map { ProductResponder($0, seed: 7) }
        var counts = products.map { _ in (starts: 0, excursions: 0) }
        var isCalling = products.map { _ in false }
        var isActive = isCalling
        // Nothing here responds to less, so a responder at rest need not see it.
        let quiet = Double(products.compactMap { $0.firstDeviation?.value }.min() ?? 0) - 10
        var wasQuiet = true
        for second in 0..<28 * 86_400 {
            let deviation = days.next()
            let isQuiet = deviation.magnitude < quiet
            defer { wasQuiet = isQuiet }
            if isQuiet, wasQuiet, !isActive.contains(true) { continue }
            let at = Instant(nanoseconds: UInt64(second + 1) * 1_000_000_000)
            let sample = FrequencySample(
                frequency: Microhertz(hertz: 50 + deviation / 1000), rocof: nil, at: at, timeQuality: .local)
            let reading = MainsReading(condition: .valid, fast: sample, slow: sample, agrees: true, at: at)
            for index in responders.indices {
                let calls = products[index].permille(at: sample.frequency) != 0
                if calls, !isCalling[index] { counts[index].excursions += 1 }
                isCalling[index] = calls
                let responds = responders[index].step(reading, now: at).permille != 0
                if responds, !isActive[index] { counts[index].starts += 1 }
                isActive[index] = responds
            }
        }
        return counts
    }

    @Test func contingencyProductsSleepThroughFourWeeks() {
        let names = ShippedProducts.all.filter { $0.file.product.isContingency }.map { $0.name }
        #expect(
            names == [
                "aemo-fast-lower", "aemo-fast-raise", "aemo-very-fast-lower", "aemo-very-fast-raise", "ercot-rrs-ffr",
                "ercot-rrs-ufr", "gb-static-ffr-low", "ireland-ds3-ffr", "nordic-ffr-49-5", "nordic-ffr-49-6",
                "nordic-ffr-49-7", "pakistan-protective",
            ])
        // The same curves round 50 Hz, where they are sold round 60.
        let products = ShippedProducts.all.map { $0.file.product }.filter { $0.isContingency }.map { product in
            var product = product
            product.nominal = Millihertz(50_000)
            return product
        }
        for (name, count) in zip(names, starts(products)) {
            #expect(count.starts == 0 && count.excursions == 0, "\(name)")
        }
    }

    /// FCR-D begins at 49.90 and 50.10 Hz by its rule, also where it is static: some ten times in four weeks below, about five above
    /// (Docs/grid.md, "Ordinary days"). That is the duty sold, a few per cent of the offer, and no nuisance.
    @Test func disturbanceReservesBeginAtTheEndOfTheNormalBandAsSold() throws {
        let names = ["nordic-fcr-d-up", "nordic-fcr-d-static-up", "nordic-fcr-d-down"]
        let products = try names.map { try #require(ShippedProducts.product($0)) }
        #expect(products.allSatisfy { $0.firstDeviation == Millihertz(100) && !$0.isContingency })
        for (name, count) in zip(names, starts(products)) {
            #expect((3...25).contains(count.excursions), "\(name)")
            #expect((1...count.excursions).contains(count.starts), "\(name)")
        }
    }
}
