import Base
import Testing

@testable import Rig

@Suite struct ControlFaultTests {
    @Test func aFaultIsShownByNumberPartAndWord() {
        var record = FaultRecord()
        record.raise(.fanStall, .fan(1), unixSeconds: 1000)
        #expect(record.entries[0].text == "E217 FAN2 STALL")
        record.raise(.chainNoChips, .board(0), unixSeconds: 1000)
        #expect(record.entries[1].text == "E421 BOARD1 NO CHIPS")
    }

    @Test func countsHowOftenItBeganAndKeepsWhatWasSeenThen() {
        var record = FaultRecord()
        let first = FaultRecord.Evidence(.rpm, raw: 310, estimated: 4200)
        let isNews = [
            record.raise(.fanStall, .fan(0), first, unixSeconds: 1000),
            record.raise(.fanStall, .fan(0), nil, unixSeconds: 1010),
        ]
        #expect(isNews == [true, false])
        #expect(record.entries[0].since == 1000)
        #expect(record.entries[0].lastSeen == 1010)
        #expect(record.entries[0].evidence == first)
        let isCleared = [record.clear(.fanStall, .fan(0)), record.clear(.fanStall, .fan(0))]
        #expect(isCleared == [true, false])
        record.raise(.fanStall, .fan(0), unixSeconds: 2000)
        #expect(record.entries[0].count == 2)
        #expect(record.entries.count == 1)
    }

    @Test func isBoundedAndWhatIsOverMakesRoomFirst() {
        var record = FaultRecord()
        for index in 0..<FaultRecord.limit { record.raise(.sensorLost, .channel(index), unixSeconds: 1) }
        record.clear(.sensorLost, .channel(5))
        record.raise(.fanStall, .fan(0), unixSeconds: 2)
        #expect(record.entries.count == FaultRecord.limit)
        #expect(!record.entries.contains { $0.subject == .channel(5) })
        record.raise(.fanStall, .fan(1), unixSeconds: 2)
        #expect(record.entries.count == FaultRecord.limit)
        #expect(!record.entries.contains { $0.subject == .channel(0) })
    }

    @Test func survivesARestartWhereOnlyALockOutIsStillBelieved() throws {
        var record = FaultRecord()
        record.raise(
            .supplyWrongOutput, .supply(0), FaultRecord.Evidence(.millivolts, raw: nil, estimated: 12_800),
            unixSeconds: nil)
        record.raise(
            .tooHot, .channel(7), FaultRecord.Evidence(.millidegrees, raw: -1500, estimated: 96_000),
            unixSeconds: 1_764_000_000)
        record.raise(.boardLockedOut, .board(1), unixSeconds: 1_764_000_001)
        record.raise(.crashLoop, .rig, unixSeconds: 1_764_000_002)
        let read = try FaultRecord.read(file: "faults.json", bytes: record.json)
        #expect(read.entries.map(\.isActive) == [false, false, true, false])
        for index in record.entries.indices { record.entries[index].isActive = read.entries[index].isActive }
        #expect(read == record)
    }

    @Test(arguments: [
        #"{"schema":1,"faults":[{"code":9,"part":"fan","index":0,"active":true,"count":1}]}"#,
        #"{"schema":1,"faults":[{"code":217,"part":"van","index":0,"active":true,"count":1}]}"#,
        #"{"schema":1,"faults":[{"code":217}]}"#, #"{"faults":[]}"#,
    ])
    func refusesWhatItDidNotWrite(text: String) {
        #expect(throws: DocumentError.self) { try FaultRecord.read(file: "faults.json", bytes: Array(text.utf8)) }
    }

    @Test func everyCodeHasAWordAndARemedyAndItsHundredTellsThePart() {
        for code in FaultCode.allCases {
            #expect(code.word.utf8CodeUnitCount > 0 && code.remedy.utf8CodeUnitCount > 0)
            #expect((1...6).contains(code.rawValue / 100))
        }
        #expect(Set(FaultCode.allCases.map(\.rawValue)).count == FaultCode.allCases.count)
    }
}

@Suite struct ControlStartTests {
    @Test func startsThatComeToNothingMakeTheRigRestLongerAndLonger() throws {
        var ledger = StartLedger()
        var rests: [Duration?] = []
        for _ in 0..<7 {
            ledger.begin()
            // Each start finds what the last one left.
            ledger = try StartLedger.read(file: "starts.json", bytes: ledger.json)
            rests.append(ledger.rest)
        }
        #expect(rests == [.zero, .zero, .seconds(60), .seconds(300), .seconds(900), nil, nil])
        ledger.prove()
        ledger.begin()
        #expect(ledger.rest == .zero)
    }

    @Test func refusesWhatItDidNotWrite() {
        #expect(throws: DocumentError.self) {
            try StartLedger.read(file: "starts.json", bytes: Array(#"{"schema":1,"unproven":-1}"#.utf8))
        }
    }
}
