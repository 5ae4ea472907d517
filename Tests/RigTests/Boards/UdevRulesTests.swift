import Foundation
import Testing

/// The udev rules know every device that a board file names.
@Suite struct UdevRulesTests {
    /// A rule that gives something to the group.
    struct Rule {
        let subsystem: String
        let patterns: [String]

        init?(_ line: String) {
            guard line.contains("GROUP=\"ballast\"") || line.contains("chgrp") else { return nil }
            func value(_ key: String) -> String? {
                line.firstRange(of: "\(key)==\"").flatMap { line[$0.upperBound...].split(separator: "\"").first }
                    .map(String.init)
            }
            guard let subsystem = value("SUBSYSTEM"), let kernel = value("KERNEL") else { return nil }
            self.subsystem = subsystem
            patterns = kernel.split(separator: "|").map(String.init)
        }

        func matches(_ subsystems: [String], _ name: String) -> Bool {
            subsystems.contains(subsystem) && patterns.contains { fnmatch($0, name, 0) == 0 }
        }
    }

    static let rules: [Rule] = {
        let file = BoardFiles.folder.appending(path: "../Udev/60-ballast.rules").standardized
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { Rule(String($0)) }
    }()

    /// The kernel's names of a device, and the subsystems that it can belong to.
    static func kernelNames(_ path: String) -> (subsystems: [String], names: [String]) {
        let name = String(path.split(separator: "/").last ?? "")
        // A link of Raspberry Pi OS to the port on the header's pins.
        if name == "serial0" { return (["tty"], ["ttyAMA0", "ttyS0"]) }
        let subsystems: [(prefix: String, subsystems: [String])] = [
            ("i2c-", ["i2c-dev"]), ("spidev", ["spidev"]), ("gpiochip", ["gpio"]), ("pwmchip", ["pwm"]),
            ("tty", ["tty"]), ("watchdog", ["watchdog", "misc"]),
        ]
        return (subsystems.first { name.hasPrefix($0.prefix) }?.subsystems ?? [], [name])
    }

    @Test func everyDeviceOfEveryBoardIsGivenToTheGroup() throws {
        #expect(Self.rules.count >= 8)
        var devices: Set<String> = []
        for name in BoardFiles.names {
            let text = String(decoding: try BoardFiles.bytes(name), as: UTF8.self)
            for match in text.matches(of: #/"(?:/dev|/sys/class)/[^"]+"/#) {
                devices.insert(match.output.trimmingCharacters(in: ["\""]))
            }
        }
        #expect(devices.count >= 15)
        for device in devices.sorted() {
            let (subsystems, names) = Self.kernelNames(device)
            for name in names {
                #expect(Self.rules.contains { $0.matches(subsystems, name) }, "\(device), \(name)")
            }
        }
    }
}
