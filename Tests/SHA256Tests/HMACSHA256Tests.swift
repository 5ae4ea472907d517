import Base
import SHA256
import Testing

/// Vectors of RFC 4231 §4; test case 5 there truncates the code, so its full-length code is checked by prefix.
@Suite struct HMACSHA256Tests {
    static let cases: [(key: String, message: String, code: String)] = [
        (
            String(repeating: "0b", count: 20), "4869205468657265",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            String(repeating: "0c", count: 20), "546573742057697468205472756e636174696f6e",
            "a3b6167473100ee06e0c796c2955552b"
        ),
        (
            String(repeating: "aa", count: 131),
            "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            String(repeating: "aa", count: 131),
            "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ]

    @Test(arguments: cases.indices)
    func authenticatesTheVectorsOfRFC4231(index: Int) throws {
        let vector = Self.cases[index]
        let key = try #require(Hex.decode(vector.key.utf8))
        let message = try #require(Hex.decode(vector.message.utf8))
        let code = HMACSHA256.authenticationCode(for: message, key: key).bytes
        #expect(Hex.encode(code).starts(with: vector.code.utf8))
        #expect(HMACSHA256.isValid(code, for: message, key: key))
    }

    @Test func refusesACodeThatDiffersAnywhereOrIsCut() {
        let key: [UInt8] = [1, 2, 3]
        let message = Array("curtail 0 W".utf8)
        let code = HMACSHA256.authenticationCode(for: message, key: key).bytes
        for index in code.indices {
            var wrong = code
            wrong[index] ^= 1
            #expect(!HMACSHA256.isValid(wrong, for: message, key: key), "byte \(index)")
        }
        #expect(!HMACSHA256.isValid(code.dropLast(), for: message, key: key))
        #expect(!HMACSHA256.isValid([], for: message, key: key))
        #expect(!HMACSHA256.isValid(code, for: message + [0], key: key))
    }

    @Test func keyOfBlockLengthIsUsedAsItIs() {
        // A 64-byte key and the same key with zeros appended up to 64 bytes mean the same; 65 bytes are hashed.
        let short = [UInt8](repeating: 7, count: 60)
        let message: [UInt8] = [9]
        let code = HMACSHA256.authenticationCode(for: message, key: short)
        #expect(HMACSHA256.authenticationCode(for: message, key: short + [0, 0, 0, 0]) == code)
        #expect(HMACSHA256.authenticationCode(for: message, key: short + [0, 0, 0, 0, 0]) != code)
    }
}
