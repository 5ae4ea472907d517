import Base
import Grid
import Rig
import Testing

/// Every shipped product is taken through a whole event, and held to the numbers of its own file.
@Suite struct ProductDutyTests {
    /// A deviation that calls for everything, in hertz.
    private func full(_ product: GridProduct) -> Double {
        let curve = product.under.points.isEmpty ? product.over : product.under
        let deviation = Double(curve.points.last?.deviation.value ?? 0) / 1000 + 0.001
        return product.under.points.isEmpty ? deviation : -deviation
    }

    private func seconds(_ duration: Duration) -> Double { Double(duration.nanoseconds) * 1e-9 }

    @Test(arguments: ShippedProducts.names)
    func startsAndIsFullInTime(name: String) throws {
        let product = try #require(ShippedProducts.product(name))
        var course = ProductCourse(product)
        course.hold(deviation: 0, 1)
        let step = course.time
        course.hold(deviation: full(product), max(2, product.timing.fullNoLater.map(seconds) ?? 2))
        let start = try #require(course.first { $0 != 0 }) - step
        let reached = try #require(course.first { abs($0) >= 999 }) - step
        // Three readings of 20 ms confirm a call.
        #expect(start >= seconds(product.timing.startNoEarlier))
        #expect(start <= product.timing.startNoLater.map(seconds) ?? .infinity)
        #expect(reached >= seconds(product.timing.fullNoEarlier) - 0.021)
        #expect(reached <= product.timing.fullNoLater.map(seconds) ?? .infinity)
        if let deadline = course.last?.deadline, let limit = product.timing.fullNoLater {
            let called = deadline - Instant(nanoseconds: UInt64((1000 + step) * 1e9)) - limit
            #expect(called >= .zero && called <= .milliseconds(70))
        }
        #expect((course.last?.permille ?? 0 < 0) == (full(product) > 0))
    }

    @Test(arguments: ShippedProducts.names)
    func holdsReleasesAndRestsAsItsFileSays(name: String) throws {
        let product = try #require(ShippedProducts.product(name))
        for seed: UInt64 in 1...3 {
            var course = ProductCourse(product, seed: seed)
            course.hold(deviation: 0, 1)
            course.hold(deviation: full(product), 3)
            let back = course.time
            let reached = try #require(course.first { abs($0) >= 999 })
            let isShed = full(product) < 0
            let latest =
                max(back, reached + seconds(product.timing.minimumHold))
                + (isShed ? seconds(product.release.after) + seconds(product.release.randomDelay) : 0)
            course.hold(deviation: 0, latest - back + 1, step: 0.25)
            let ramp = product.release.rampLimit.map { 1000 / Double($0) } ?? 0
            course.hold(deviation: 0, ramp + 2, step: 0.1)
            let begin = try #require(course.first(after: back) { abs($0) < 999 })
            let end = try #require(course.first(after: back) { $0 == 0 })
            let dwell = isShed ? seconds(product.release.after) : 0
            #expect(begin >= max(reached + seconds(product.timing.minimumHold), back + dwell) - 0.26)
            #expect(begin <= latest + 0.75)
            #expect(end - begin >= ramp - 0.6 && end - begin <= ramp + 0.8)

            // A second event while it rests is not answered; one after that is.
            let rearm = seconds(product.release.rearm)
            guard course.time + 3 < end + rearm else { continue }
            course.hold(deviation: full(product), 2)
            #expect(course.last?.permille == 0)
            course.hold(deviation: 0, max(0, end + rearm - course.time) + 1, step: 1)
            course.hold(deviation: full(product), 2)
            #expect(course.last.map { abs($0.permille) } ?? 0 >= 999)
        }
    }

    @Test(arguments: ShippedProducts.names)
    func anEnergyLimitEndsTheResponseOrLetsItStay(name: String) throws {
        let product = try #require(ShippedProducts.product(name))
        guard let energy = product.energy else { return }
        var course = ProductCourse(product)
        course.hold(deviation: 0, 1)
        let start = course.time
        course.hold(deviation: full(product), 5)
        course.hold(deviation: full(product), seconds(energy.time) - 10, step: 1)
        #expect(course.last.map { abs($0.permille) } == 1000)
        course.hold(deviation: full(product), 120, step: 0.5)
        if energy.endsResponse {
            #expect(course.last?.permille == 0)
            #expect(course.last?.reason == .exhausted)
            let end = try #require(course.first(after: start + 2) { abs($0) < 999 })
            #expect(abs(end - start - seconds(energy.time)) < 3)
        } else {
            #expect(course.last.map { abs($0.permille) } == 1000)
        }
    }

    /// The release ramp of 20 % a second is what allows the short support time (Docs/grid.md, "Products").
    @Test func nordicFFRReleasesAtATwentyPercentASecondAndLimitsTheRebound() throws {
        var course = ProductCourse(try #require(ShippedProducts.product("nordic-ffr-49-6")))
        course.hold(deviation: 0, 1)
        course.hold(deviation: -0.45, 2)
        course.hold(deviation: 0, 48, step: 0.1)
        let pairs = zip(course.points, course.points.dropFirst())
        #expect(pairs.allSatisfy { $0.response.permille - $1.response.permille <= 21 })
        let end = try #require(course.first(after: 10) { $0 == 0 })
        let caps = course.points.filter { $0.time >= end }
        #expect(caps.filter { $0.time < end + 9.9 }.allSatisfy { $0.response.reboundCap == 0 })
        course.hold(deviation: 0, 20, step: 0.1)
        #expect(course.last?.reboundCap == 250)
    }

    @Test func gbContainmentNeitherStartsEarlyNorJumps() throws {
        var course = ProductCourse(try #require(ShippedProducts.product("gb-dc-low")))
        course.hold(deviation: 0, 1)
        course.hold(deviation: -0.6, 2)
        let growth = zip(course.points, course.points.dropFirst()).map { $1.response.permille - $0.response.permille }
        // From 0.25 s to 0.5 s: 4 ‰ a millisecond.
        #expect(growth.max() ?? 0 <= 81)
        #expect(try #require(course.first { $0 > 0 }) >= 1.25)
    }

    @Test(arguments: ShippedProducts.names)
    func aRampIsFollowedToTheCurve(name: String) throws {
        let product = try #require(ShippedProducts.product(name))
        var course = ProductCourse(product)
        course.hold(deviation: 0, 1)
        course.ramp(from: 0, to: full(product), 10)
        for point in course.points where point.time > 1 {
            let deviation = full(product) * (point.time - 1) / 10
            let wanted = product.permille(at: Microhertz(hertz: course.nominal + deviation))
            #expect(abs(point.response.permille) <= abs(wanted) + 1, "beyond its curve at \(point.time) s")
        }
        course.hold(deviation: full(product), 1)
        #expect(course.last.map { abs($0.permille) } ?? 0 >= 999)
    }
}
