// swift-tools-version: 6.2
import PackageDescription

/// Everything that goes into the daemon is compiled twice: by the ordinary host build, and in Embedded
/// mode for the boards. The host build refuses what it can of the features that the board build lacks.
let daemonSettings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .treatWarning("EmbeddedRestrictions", as: .error),
    // The board build insists on it.
    // The board build takes a member only from a module that the file itself imports.
    .enableUpcomingFeature("MemberImportVisibility"),
]
let hostSettings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: daemonSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: hostSettings)
}

let package = Package(
    name: "ballast",
    products: [
        .executable(name: "ballastd", targets: ["ballastd"]),
        .executable(name: "ballast-bench", targets: ["ballast-bench"]),
    ],
    targets: [
        // Executables: wiring and flags only.
        .executableTarget(name: "ballastd", dependencies: ["Daemon", "Platform"], swiftSettings: daemonSettings),
        .executableTarget(
            name: "ballast-bench",
            dependencies: [
                "Daemon", "Rig", "Twin", "Grid", "ASIC", "Mining", "SHA256", "Platform", "Buses", "Base",
            ],
            swiftSettings: daemonSettings),
        // The house; arrows go down only (Docs/architecture.md).
        room(
            "Daemon",
            [
                "Rig", "Twin", "Stratum", "Thermal", "Grid", "ASIC", "Peripherals", "Mining", "SHA256", "JSON",
                "Platform", "Buses", "Base",
            ]),
        room(
            "Rig",
            ["Stratum", "Thermal", "Grid", "ASIC", "Peripherals", "Mining", "SHA256", "JSON", "Buses", "Base"]),
        .target(
            name: "Twin", dependencies: ["Mining", "SHA256", "Buses", "Base"],
            // Simulated rigs are most of what tests wait for.
            swiftSettings: daemonSettings + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
        room("Thermal", ["Buses", "Base"]),
        room("Grid", ["Base"]),
        room("Peripherals", ["Buses", "Base"]),
        room("Stratum", ["Mining", "SHA256", "JSON", "Base"]),
        room("ASIC", ["Buses", "Mining", "SHA256", "Base"]),
        room("Mining", ["SHA256", "Base"]),
        .target(
            name: "SHA256", dependencies: ["CSHA256"],
            // Hashing is optimised in debug builds too: 50 times slower it would dominate every test.
            swiftSettings: daemonSettings + [.unsafeFlags(["-O"])]),
        room("JSON", ["Base"]),
        room("Buses", ["Base"]),
        .target(
            name: "Platform", dependencies: ["CLinux", "CGpiod", "CI2C", "Buses", "Base"],
            swiftSettings: daemonSettings,
            // Not through the module maps or pkg-config: the board build has neither (Docs/board-build.md).
            linkerSettings: [.linkedLibrary("gpiod"), .linkedLibrary("i2c")]),
        room("Base"),
        // Host only: the pool for demonstrations and tests. It shares no code with the agent but the clock's type.
        .executableTarget(name: "ballast-pool", dependencies: ["LoopbackPool"], swiftSettings: hostSettings),
        .target(name: "LoopbackPool", dependencies: ["Base"], swiftSettings: hostSettings),
        .target(name: "CLinux"),
        .target(name: "CGpiod"),
        .systemLibrary(name: "CI2C"),
        .target(name: "CSHA256", cSettings: [.unsafeFlags(["-O3"])]),
        // Tests.
        .target(name: "CGuest", path: "Tests/Kernel/CGuest"),
        .executableTarget(
            name: "bench-guest",
            dependencies: ["Daemon", "Peripherals", "Platform", "CLinux", "CGuest", "Buses", "Base"],
            path: "Tests/Kernel/Guest", swiftSettings: daemonSettings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: hostSettings),
        tests("ASICTests", ["ASIC", "Mining", "SHA256", "Base"]),
        tests("BaseTests", ["Base"]),
        tests("LoopbackPoolTests", ["LoopbackPool", "ballast-pool", "Base"]),
        tests("MiningTests", ["Mining", "SHA256", "Base"]),
        tests("TidyTests", []),
        tests(
            "DaemonTests",
            [
                "Daemon", "Rig", "Stratum", "Thermal", "Grid", "Twin", "Mining", "SHA256", "Platform", "Buses", "Base",
                "LoopbackPool", "TestSupport", "ballastd", "ballast-pool",
            ]),
        tests("BusesTests", ["Buses", "Base"]),
        tests("GridTests", ["Grid", "Twin", "Buses", "Base"], exclude: ["Recordings"]),
        tests("ThermalTests", ["Thermal", "Buses", "Base"]),
        tests(
            "TwinTests",
            [
                "Twin", "Rig", "Thermal", "ASIC", "Peripherals", "Stratum", "LoopbackPool", "Mining", "SHA256", "Buses",
                "Base",
            ]),
        tests("PeripheralsTests", ["Peripherals", "Buses", "Base"]),
        tests(
            "RigTests",
            ["Rig", "Twin", "Grid", "Thermal", "Peripherals", "ASIC", "Buses", "Stratum", "Mining", "SHA256", "Base"]),
        tests("JSONTests", ["JSON"]),
        tests("StratumTests", ["Stratum", "Mining", "SHA256", "JSON", "Base"]),
        tests("SHA256Tests", ["SHA256", "CSHA256", "Base"]),
        tests(
            "PoolFaultTests", ["ballastd", "LoopbackPool", "Rig", "Stratum", "Base", "TestSupport"]),
        tests("PlatformTests", ["Platform", "CLinux", "Buses", "Base"]),
    ],
    swiftLanguageModes: [.v6]
)
