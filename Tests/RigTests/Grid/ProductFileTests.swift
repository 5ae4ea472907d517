import Base
import Foundation
import Grid
import Rig
import Testing

@Suite struct ProductFileTests {
    @Test func everyShippedFileCanBeRead() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Boards/products")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".json") }
        #expect(names.count >= 15)
        for name in names {
            do {
                let file = try ProductFile.read(
                    file: name, bytes: Array(try Data(contentsOf: root.appending(path: name))))
                #expect(file.provenance.count > 3)
                #expect(file.sources.allSatisfy { source in file.provenance.contains { $0.source == source.key } })
            } catch let error as DocumentError {
                Issue.record("\(error.message)")
            }
        }
        #expect(ShippedProducts.all.count == names.count)
    }

    /// Values worked out by hand from the published curves.
    @Test(
        arguments: [
            ("gb-dc-low", [(49.985, 0), (49.8, 50), (49.65, 525), (49.5, 1000), (49.0, 1000), (50.4, 0)]),
            ("gb-dc-high", [(50.015, 0), (50.2, -50), (50.35, -525), (50.5, -1000), (49.5, 0)]),
            ("gb-dm-low", [(49.9, 50), (49.85, 525), (49.8, 1000)]),
            ("gb-dr-low", [(49.9, 459), (49.8, 1000)]),
            ("ce-fcr", [(49.9, 500), (49.8, 1000), (50.1, -500), (50.0, 0)]),
            ("nordic-fcr-d-up", [(49.9, 0), (49.7, 500), (49.5, 1000)]),
            ("nordic-fcr-d-down", [(50.1, 0), (50.3, -500), (50.5, -1000)]),
            ("nordic-fcr-n", [(49.95, 500), (50.1, -1000)]),
            ("ercot-clr", [(59.9, 28), (59.7, 95), (57.0, 1000), (60.017, 0)]),
            ("ieee-1547-droop", [(59.7, 88), (59.964, 0)]),
            ("aemo-variable", [(49.5, 412), (49.85, 0), (50.5, -412)]),
            ("ercot-rrs-ffr", [(59.851, 0), (59.85, 1000)]),
            ("ercot-rrs-ufr", [(59.701, 0), (59.70, 1000)]),
            ("nordic-ffr-49-7", [(49.701, 0), (49.7, 1000)]),
            ("nordic-ffr-49-6", [(49.601, 0), (49.6, 1000)]),
            ("nordic-ffr-49-5", [(49.501, 0), (49.5, 1000)]),
            ("pakistan-protective", [(49.8, 0), (49.7, 500), (49.6, 1000), (50.2, 0), (50.5, -1000)]),
        ] as [(String, [(Double, Int32)])])
    func curvesGiveThePublishedValues(name: String, values: [(Double, Int32)]) throws {
        let product = try #require(ShippedProducts.product(name))
        for (hertz, permille) in values {
            #expect(product.permille(at: Microhertz(hertz: hertz)) == permille, "\(name) at \(hertz) Hz")
        }
    }

    private func complaint(_ text: String) -> String? {
        do {
            _ = try GridProduct.read(file: "p.json", bytes: Array(text.utf8))
            return nil
        } catch {
            return error.message
        }
    }

    private func document(_ more: String) -> String {
        """
        {"schema": 1, "name": "n", "region": "r", "summary": "s", "sources": [{"key": "k", "text": "t"}],
        "nominal_hz": {"value": 50, "confidence": "A", "source": "k"}, "needs_contract": true, \(more)}
        """
    }

    @Test func takesAUsersOwnProduct() throws {
        let text = document(
            #""under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C", "source": "k"}]}"#)
        let product = try GridProduct.read(file: "p.json", bytes: Array(text.utf8))
        #expect(product.under.points == [ResponseCurve.Point(Millihertz(200), 1000)])
        #expect(product.needsContract)
    }

    @Test(arguments: [
        (#""under": {}"#, "under: expected points or droop"),
        (
            #""under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C"}]}"#,
            #"under.points[0]: key "source" is missing"#
        ),
        (
            #""under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "D", "source": "k"}]}"#,
            #"under.points[0].confidence: found "D"; expected "A" or "B" or "C""#
        ),
        (
            #""under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C", "source": "z"}]}"#,
            #"under.points[0].source: found "z"; expected the key of one of the sources"#
        ),
        (#""hysteresis_mz": 3"#, #"unknown key "hysteresis_mz"; did you mean "hysteresis_mhz"?"#),
        (
            #""latched": true, "under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C", "source": "k"}]}"#,
            "release.within_mhz: expected one, since a latched product needs it inside its trigger of 200 mHz"
        ),
        (
            #""release": {"within_mhz": {"value": 300, "confidence": "C", "source": "k"}}, "under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C", "source": "k"}]}"#,
            "release.within_mhz: found 300; expected one inside the curve of 200 mHz"
        ),
        (
            #""under": {"points": [{"mhz": 200, "permille": 1000, "confidence": "C", "source": "k"}, {"mhz": 100, "permille": 1000, "confidence": "C", "source": "k"}]}"#,
            "under.points: expected 1 to 16 points, deviations that rise, responses that do not fall"
        ),
        (
            #""under": {"points": [], "droop": {}}"#,
            "under.points: expected 1 to 16 points"
        ),
        (#""latched": false"#, "the product responds to nothing; expected under or over"),
        (
            #""timing": {"start_no_earlier_ms": 5}"#,
            "timing.start_no_earlier_ms: expected an object, found a number"
        ),
    ])
    func refusesBadFilesWithTheReason(more: String, message: String) throws {
        let text = try #require(complaint(document(more)))
        #expect(text.contains(message), "\(text)")
    }

    @Test func everyNumberIsRequiredToBeInRange() throws {
        for (name, file) in ShippedProducts.all {
            let timing = file.product.timing
            if let start = timing.startNoLater, let full = timing.fullNoLater { #expect(start <= full, "\(name)") }
        }
    }
}
