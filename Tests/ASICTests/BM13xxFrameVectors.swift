import ASIC

/// A frame from the host as it was captured or published, and what it says (Docs/chips-uart.md, "Test vectors").
struct CommandVector: Sendable {
    let hex: String
    let command: Command

    init(_ hex: String, _ command: Command) {
        self.hex = hex
        self.command = command
    }

    static let common: [CommandVector] = [
        CommandVector("55 AA 52 05 00 00 0A", .read(.chipIdentity, from: .all)),
        CommandVector("55 AA 53 05 00 00 03", .chainInactive),
        CommandVector("55 AA 40 05 00 00 1C", .setAddress(0x00)),
        CommandVector("55 AA 40 05 02 00 01", .setAddress(0x02)),
        CommandVector("55 AA 40 05 04 00 03", .setAddress(0x04)),
        CommandVector("55 AA 40 05 06 00 1E", .setAddress(0x06)),
        CommandVector("55 AA 40 05 08 00 07", .setAddress(0x08)),
        CommandVector(
            "55 AA 51 09 00 A4 90 00 FF FF 1C", .write(RegisterWrite(.versionRolling, 0x9000_FFFF), to: .all)),
        CommandVector("55 AA 51 09 00 28 11 30 02 00 03", .write(RegisterWrite(.fastUART, 0x1130_0200), to: .all)),
        CommandVector("55 AA 51 09 00 14 00 00 00 FF 08", .write(RegisterWrite(.ticketMask, 0x0000_00FF), to: .all)),
        CommandVector("55 AA 42 05 00 00 0E", .read(.chipIdentity, from: .chip(0x00))),
        CommandVector("55 AA 52 05 00 8C 1D", .read(.totalCounter, from: .all)),
        CommandVector("55 AA 52 05 00 4C 14", .read(.errorCounter, from: .all)),
    ]

    static let bm1397: [CommandVector] = [
        CommandVector("55 AA 51 09 00 80 00 00 00 00 1C", .write(RegisterWrite(.clockOrder0, 0x0000_0000), to: .all)),
        CommandVector("55 AA 51 09 00 84 00 00 00 00 11", .write(RegisterWrite(.clockOrder1, 0x0000_0000), to: .all)),
        CommandVector(
            "55 AA 51 09 00 20 00 00 00 01 02", .write(RegisterWrite(.orderedClockEnable, 0x0000_0001), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 80 74 10", .write(RegisterWrite(.coreMailbox, 0x8000_8074), to: .all)),
        CommandVector("55 AA 51 09 00 14 00 00 00 FF 08", .write(RegisterWrite(.ticketMask, 0x0000_00FF), to: .all)),
        CommandVector("55 AA 51 09 00 68 C0 70 01 11 00", .write(RegisterWrite(.pll3, 0xC070_0111), to: .all)),
        CommandVector("55 AA 51 09 00 28 06 00 00 0F 18", .write(RegisterWrite(.fastUART, 0x0600_000F), to: .all)),
        CommandVector("55 AA 51 09 00 18 00 00 7A 31 15", .write(RegisterWrite(.miscControl, 0x0000_7A31), to: .all)),
        CommandVector("55 AA 51 09 00 18 00 00 60 31 00", .write(RegisterWrite(.miscControl, 0x0000_6031), to: .all)),
        CommandVector("55 AA 51 09 00 18 00 00 3A 01 18", .write(RegisterWrite(.miscControl, 0x0000_3A01), to: .all)),
        CommandVector("55 AA 51 09 00 68 00 70 01 11 15", .write(RegisterWrite(.pll3, 0x0070_0111), to: .all)),
        CommandVector("55 AA 51 09 00 18 00 01 27 01 0B", .write(RegisterWrite(.miscControl, 0x0001_2701), to: .all)),
        CommandVector("55 AA 42 05 40 1C 0B", .read(Register(rawValue: 0x1C), from: .chip(0x40))),
        CommandVector(
            "55 AA 41 09 40 18 00 00 7A 31 11", .write(RegisterWrite(.miscControl, 0x0000_7A31), to: .chip(0x40))),
        CommandVector(
            "55 AA 41 09 28 3C 00 00 06 FF 0A", .write(RegisterWrite(.coreMailbox, 0x0000_06FF), to: .chip(0x28))),
        CommandVector(
            "55 AA 41 09 28 3C 80 00 85 01 13", .write(RegisterWrite(.coreMailbox, 0x8000_8501), to: .chip(0x28))),
        CommandVector("55 AA 51 09 00 70 0F 0F 0F 00 19", .write(RegisterWrite(.pll0Divider, 0x0F0F_0F00), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 44 02 21 07", .write(RegisterWrite(.pll0, 0x4044_0221), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 48 02 21 16", .write(RegisterWrite(.pll0, 0x4048_0221), to: .all)),
    ]

    static let bm1366: [CommandVector] = [
        CommandVector(
            "55 AA 51 09 00 A4 90 00 FF FF 1C", .write(RegisterWrite(.versionRolling, 0x9000_FFFF), to: .all)),
        CommandVector("55 AA 51 09 00 A8 00 07 00 00 03", .write(RegisterWrite(.softReset, 0x0007_0000), to: .all)),
        CommandVector("55 AA 51 09 00 18 FF 0F C1 00 00", .write(RegisterWrite(.miscControl, 0xFF0F_C100), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 85 40 0C", .write(RegisterWrite(.coreMailbox, 0x8000_8540), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 80 20 19", .write(RegisterWrite(.coreMailbox, 0x8000_8020), to: .all)),
        CommandVector("55 AA 51 09 00 54 00 00 00 03 1D", .write(RegisterWrite(.analogMux, 0x0000_0003), to: .all)),
        CommandVector(
            "55 AA 51 09 00 58 02 11 11 11 06", .write(RegisterWrite(.ioDriveStrength, 0x0211_1111), to: .all)),
        CommandVector(
            "55 AA 41 09 00 2C 00 7C 00 03 03", .write(RegisterWrite(.uartRelay, 0x007C_0003), to: .chip(0x00))),
        CommandVector("55 AA 51 09 00 28 11 30 02 00 03", .write(RegisterWrite(.fastUART, 0x1130_0200), to: .all)),
        CommandVector(
            "55 AA 41 09 00 A8 00 07 01 F0 15", .write(RegisterWrite(.softReset, 0x0007_01F0), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 18 F0 00 C1 00 0C", .write(RegisterWrite(.miscControl, 0xF000_C100), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 85 40 04", .write(RegisterWrite(.coreMailbox, 0x8000_8540), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 80 20 11", .write(RegisterWrite(.coreMailbox, 0x8000_8020), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 82 AA 05", .write(RegisterWrite(.coreMailbox, 0x8000_82AA), to: .chip(0x00))),
        CommandVector("55 AA 51 09 00 08 50 C2 02 40 1C", .write(RegisterWrite(.pll0, 0x50C2_0240), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 A0 02 30 1D", .write(RegisterWrite(.pll0, 0x40A0_0230), to: .all)),
        CommandVector(
            "55 AA 51 09 00 10 00 0D 32 24 10", .write(RegisterWrite(.hashCountingNumber, 0x000D_3224), to: .all)),
        CommandVector(
            "55 AA 51 09 00 10 00 00 15 1C 02", .write(RegisterWrite(.hashCountingNumber, 0x0000_151C), to: .all)),
    ]

    static let bm1368: [CommandVector] = [
        CommandVector(
            "55 AA 51 09 00 A4 90 00 FF FF 1C", .write(RegisterWrite(.versionRolling, 0x9000_FFFF), to: .all)),
        CommandVector("55 AA 51 09 00 A8 00 07 00 00 03", .write(RegisterWrite(.softReset, 0x0007_0000), to: .all)),
        CommandVector("55 AA 51 09 00 18 FF 0F C1 00 00", .write(RegisterWrite(.miscControl, 0xFF0F_C100), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 8B 00 12", .write(RegisterWrite(.coreMailbox, 0x8000_8B00), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 80 18 1F", .write(RegisterWrite(.coreMailbox, 0x8000_8018), to: .all)),
        CommandVector("55 AA 51 09 00 14 00 00 00 FF 08", .write(RegisterWrite(.ticketMask, 0x0000_00FF), to: .all)),
        CommandVector("55 AA 51 09 00 54 00 00 00 03 1D", .write(RegisterWrite(.analogMux, 0x0000_0003), to: .all)),
        CommandVector(
            "55 AA 51 09 00 58 02 11 11 11 06", .write(RegisterWrite(.ioDriveStrength, 0x0211_1111), to: .all)),
        CommandVector(
            "55 AA 41 09 00 A8 00 07 01 F0 15", .write(RegisterWrite(.softReset, 0x0007_01F0), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 18 F0 00 C1 00 0C", .write(RegisterWrite(.miscControl, 0xF000_C100), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 8B 00 1A", .write(RegisterWrite(.coreMailbox, 0x8000_8B00), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 80 18 17", .write(RegisterWrite(.coreMailbox, 0x8000_8018), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 82 AA 05", .write(RegisterWrite(.coreMailbox, 0x8000_82AA), to: .chip(0x00))),
        CommandVector("55 AA 51 09 00 08 50 C4 02 40 06", .write(RegisterWrite(.pll0, 0x50C4_0240), to: .all)),
        CommandVector(
            "55 AA 51 09 00 10 00 0D 0F AC 1B", .write(RegisterWrite(.hashCountingNumber, 0x000D_0FAC), to: .all)),
        CommandVector(
            "55 AA 51 09 00 10 00 00 15 A4 0A", .write(RegisterWrite(.hashCountingNumber, 0x0000_15A4), to: .all)),
        CommandVector(
            "55 AA 51 09 00 B0 80 00 00 00 0F", .write(RegisterWrite(.temperatureControl, 0x8000_0000), to: .all)),
        CommandVector(
            "55 AA 51 09 00 B0 00 02 00 00 1F", .write(RegisterWrite(.temperatureControl, 0x0002_0000), to: .all)),
        CommandVector(
            "55 AA 51 09 00 B0 01 02 00 00 16", .write(RegisterWrite(.temperatureControl, 0x0102_0000), to: .all)),
        CommandVector(
            "55 AA 51 09 00 B0 10 02 00 00 1B", .write(RegisterWrite(.temperatureControl, 0x1002_0000), to: .all)),
        CommandVector("55 AA 52 05 00 B4 1B", .read(.temperatureResult, from: .all)),
    ]

    static let bm1370: [CommandVector] = [
        CommandVector(
            "55 AA 51 09 00 A4 90 00 FF FF 1C", .write(RegisterWrite(.versionRolling, 0x9000_FFFF), to: .all)),
        CommandVector("55 AA 51 09 00 A8 00 07 00 00 03", .write(RegisterWrite(.softReset, 0x0007_0000), to: .all)),
        CommandVector("55 AA 51 09 00 18 F0 00 C1 00 04", .write(RegisterWrite(.miscControl, 0xF000_C100), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 8B 00 12", .write(RegisterWrite(.coreMailbox, 0x8000_8B00), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 80 0C 11", .write(RegisterWrite(.coreMailbox, 0x8000_800C), to: .all)),
        CommandVector(
            "55 AA 51 09 00 58 00 01 11 11 0D", .write(RegisterWrite(.ioDriveStrength, 0x0001_1111), to: .all)),
        CommandVector(
            "55 AA 41 09 08 58 00 01 F1 11 1F", .write(RegisterWrite(.ioDriveStrength, 0x0001_F111), to: .chip(0x08))),
        CommandVector("55 AA 51 09 00 68 5A A5 5A A5 1C", .write(RegisterWrite(.pll3, 0x5AA5_5AA5), to: .all)),
        CommandVector(
            "55 AA 41 09 00 2C 00 4F 00 03 00", .write(RegisterWrite(.uartRelay, 0x004F_0003), to: .chip(0x00))),
        CommandVector("55 AA 51 09 00 28 01 30 00 00 1A", .write(RegisterWrite(.fastUART, 0x0130_0000), to: .all)),
        CommandVector("55 AA 51 09 00 28 11 30 02 00 03", .write(RegisterWrite(.fastUART, 0x1130_0200), to: .all)),
        CommandVector(
            "55 AA 41 09 00 A8 00 07 01 F0 15", .write(RegisterWrite(.softReset, 0x0007_01F0), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 18 F0 00 C1 00 0C", .write(RegisterWrite(.miscControl, 0xF000_C100), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 8B 00 1A", .write(RegisterWrite(.coreMailbox, 0x8000_8B00), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 80 0C 19", .write(RegisterWrite(.coreMailbox, 0x8000_800C), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 82 AA 05", .write(RegisterWrite(.coreMailbox, 0x8000_82AA), to: .chip(0x00))),
        CommandVector(
            "55 AA 51 09 00 B9 00 00 44 80 0D", .write(RegisterWrite(.converterControl, 0x0000_4480), to: .all)),
        CommandVector("55 AA 51 09 00 54 00 00 00 02 18", .write(RegisterWrite(.analogMux, 0x0000_0002), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 8D EE 1B", .write(RegisterWrite(.coreMailbox, 0x8000_8DEE), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 A2 02 55 0F", .write(RegisterWrite(.pll0, 0x40A2_0255), to: .all)),
        CommandVector("55 AA 51 09 00 08 50 C0 02 30 05", .write(RegisterWrite(.pll0, 0x50C0_0230), to: .all)),
        CommandVector("55 AA 51 09 00 08 50 D2 02 40 05", .write(RegisterWrite(.pll0, 0x50D2_0240), to: .all)),
        CommandVector(
            "55 AA 41 09 02 0C 80 00 03 F1 03", .write(RegisterWrite(.nonceOffset, 0x8000_03F1), to: .chip(0x02))),
        CommandVector(
            "55 AA 51 09 00 10 00 00 1E B5 0F", .write(RegisterWrite(.hashCountingNumber, 0x0000_1EB5), to: .all)),
        CommandVector(
            "55 AA 41 09 01 00 13 70 00 01 0A", .write(RegisterWrite(.chipIdentity, 0x1370_0001), to: .chip(0x01))),
    ]

    static let bm1362: [CommandVector] = [
        CommandVector(
            "55 AA 51 09 00 A4 90 00 FF FF 1C", .write(RegisterWrite(.versionRolling, 0x9000_FFFF), to: .all)),
        CommandVector("55 AA 51 09 00 A8 00 00 00 00 01", .write(RegisterWrite(.softReset, 0x0000_0000), to: .all)),
        CommandVector("55 AA 51 09 00 18 B0 00 C1 00 14", .write(RegisterWrite(.miscControl, 0xB000_C100), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 85 40 0C", .write(RegisterWrite(.coreMailbox, 0x8000_8540), to: .all)),
        CommandVector("55 AA 51 09 00 3C 80 00 80 08 05", .write(RegisterWrite(.coreMailbox, 0x8000_8008), to: .all)),
        CommandVector("55 AA 51 09 00 14 00 00 00 FF 08", .write(RegisterWrite(.ticketMask, 0x0000_00FF), to: .all)),
        CommandVector("55 AA 51 09 00 54 00 00 00 03 1D", .write(RegisterWrite(.analogMux, 0x0000_0003), to: .all)),
        CommandVector(
            "55 AA 51 09 00 58 00 01 11 11 0D", .write(RegisterWrite(.ioDriveStrength, 0x0001_1111), to: .all)),
        CommandVector("55 AA 51 09 00 28 11 30 00 00 1E", .write(RegisterWrite(.fastUART, 0x1130_0000), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 A2 02 55 0F", .write(RegisterWrite(.pll0, 0x40A2_0255), to: .all)),
        CommandVector("55 AA 51 09 00 08 40 A8 02 30 03", .write(RegisterWrite(.pll0, 0x40A8_0230), to: .all)),
        CommandVector(
            "55 AA 41 09 00 A8 00 00 00 02 03", .write(RegisterWrite(.softReset, 0x0000_0002), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 18 B0 00 C1 00 1C", .write(RegisterWrite(.miscControl, 0xB000_C100), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 85 40 04", .write(RegisterWrite(.coreMailbox, 0x8000_8540), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 80 08 0D", .write(RegisterWrite(.coreMailbox, 0x8000_8008), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 00 3C 80 00 82 AA 05", .write(RegisterWrite(.coreMailbox, 0x8000_82AA), to: .chip(0x00))),
        CommandVector(
            "55 AA 41 09 02 A8 00 00 00 02 1C", .write(RegisterWrite(.softReset, 0x0000_0002), to: .chip(0x02))),
        CommandVector(
            "55 AA 51 09 00 10 00 00 13 81 08", .write(RegisterWrite(.hashCountingNumber, 0x0000_1381), to: .all)),
        CommandVector(
            "55 AA 51 09 00 10 00 00 12 C9 1E", .write(RegisterWrite(.hashCountingNumber, 0x0000_12C9), to: .all)),
    ]

    static let all: [CommandVector] = common + bm1397 + bm1366 + bm1368 + bm1370 + bm1362
}

/// A frame from a chip as it was captured or published, and what it says.
struct ResponseVector: Sendable {
    let hex: String
    let response: Response

    init(_ hex: String, _ response: Response) {
        self.hex = hex
        self.response = response
    }

    static let all: [ResponseVector] = [
        ResponseVector(
            "AA 55 13 97 18 00 00 00 06", .register(.init(value: 0x1397_1800, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 97 C3 28 B6 01 63 9C",
            .nonce(.init(wireNonce: 0x97C3_28B6, excess: 0x01, result: 0x63, roll: 0x0000))),
        ResponseVector(
            "AA 55 13 66 00 00 00 00 0C", .register(.init(value: 0x1366_0000, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 13 66 00 00 00 00 00 00 05",
            .register(.init(value: 0x1366_0000, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 80 00 08 0C 00 B4 00 00 1A",
            .register(.init(value: 0x8000_080C, chip: 0x00, register: .temperatureResult))),
        ResponseVector(
            "AA 55 13 68 00 00 00 00 00 00 0F",
            .register(.init(value: 0x1368_0000, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 13 70 00 00 00 00 06", .register(.init(value: 0x1370_0000, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 00 00 C1 00 00 18 02", .register(.init(value: 0x0000_C100, chip: 0x00, register: .miscControl))),
        ResponseVector(
            "AA 55 13 70 00 00 00 00 00 00 10",
            .register(.init(value: 0x1370_0000, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 4C 03 52 75 0C D2 05 A2 9C",
            .nonce(.init(wireNonce: 0x4C03_5275, excess: 0x0C, result: 0xD2, roll: 0x05A2))),
        ResponseVector(
            "AA 55 18 00 A6 40 02 99 22 F9 91",
            .nonce(.init(wireNonce: 0x1800_A640, excess: 0x02, result: 0x99, roll: 0x22F9))),
        ResponseVector(
            "AA 55 07 35 CD CF 02 5E 00 2E 96",
            .nonce(.init(wireNonce: 0x0735_CDCF, excess: 0x02, result: 0x5E, roll: 0x002E))),
        ResponseVector(
            "AA 55 46 03 32 E7 00 C3 2C 83 99",
            .nonce(.init(wireNonce: 0x4603_32E7, excess: 0x00, result: 0xC3, roll: 0x2C83))),
        ResponseVector(
            "AA 55 7B 8D 81 60 02 55 00 85 81",
            .nonce(.init(wireNonce: 0x7B8D_8160, excess: 0x02, result: 0x55, roll: 0x0085))),
        ResponseVector(
            "AA 55 32 2A 84 5A 02 52 01 B2 8C",
            .nonce(.init(wireNonce: 0x322A_845A, excess: 0x02, result: 0x52, roll: 0x01B2))),
        ResponseVector(
            "AA 55 50 03 41 D6 00 81 18 01 9B",
            .nonce(.init(wireNonce: 0x5003_41D6, excess: 0x00, result: 0x81, roll: 0x1801))),
        ResponseVector(
            "AA 55 13 62 03 00 00 00 00 00 1E",
            .register(.init(value: 0x1362_0300, chip: 0x00, register: .chipIdentity))),
        ResponseVector(
            "AA 55 2F D5 96 CE 02 93 94 FB 86",
            .nonce(.init(wireNonce: 0x2FD5_96CE, excess: 0x02, result: 0x93, roll: 0x94FB))),
        ResponseVector(
            "AA 55 6D B8 8E E1 01 04 03 54 94",
            .nonce(.init(wireNonce: 0x6DB8_8EE1, excess: 0x01, result: 0x04, roll: 0x0354))),
    ]
}
