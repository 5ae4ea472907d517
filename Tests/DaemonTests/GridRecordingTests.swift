import Foundation
import TestSupport
import Testing

/// Recordings of the mains, named in a configuration.
@Suite struct GridRecordingTests {
    static let recordings = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "../GridTests/Recordings")
    static func recording(_ name: String) -> String { recordings.appending(path: name).standardizedFileURL.path }

    private func configuration(_ file: String, speed: Int = 1, rest: String = "") -> String {
        #"{"grid": {"source": {"kind": "replay", "file": "\#(file)", "speed": \#(speed)}\#(rest)}}"#
    }

    /// A waveform of real mains drives the real program, two hundred times as fast, and is called a recording.
    @Test func aWaveformIsPlayedToTheAgent() throws {
        let bench = try ProcessBench()
        let product = URL(filePath: SimulatedRigTests.board("products/nordic-fcr-n")).path
        let text = configuration(
            Self.recording("wuhan-mains-400Hz.wav"), speed: 200, rest: #", "products": [{"file": "\#(product)"}]"#)
        let file = try bench.folder.write("rig.json", text)
        let daemon = try ChildProcess(
            "ballastd",
            ["run", "--board", SimulatedRigTests.board("sim-s19"), "--config", file, "--state", bench.state]
                + bench.poolFlags)
        try daemon.waitForLine(containing: "SIMULATED: the frequency is a recording", within: 60)
        try daemon.waitForLine(containing: "the mains is seen: ", within: 30)
        try daemon.waitForLine(containing: "mains: offset of -1.1 % of the amplitude", within: 30)
        try daemon.waitForLine(containing: "Nordic FCR-N: asks to ", within: 30)
        try daemon.waitForLine(containing: "the mains is lost", within: 30)
        try GridResponseTests.end(daemon)
    }

    @Test func checkSaysWhatIsWrongWithARecording() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("text.wav", "t,f_hz\n0,50\n")
        let empty = try folder.write("empty.wav", "")
        let course = try folder.write("course.csv", "t,f_hz\n0,50\n0,50\n")
        let wuhan = Self.recording("wuhan-mains-400Hz.wav")
        let cases: [(configuration: String, complaint: String)] = [
            (configuration("none.wav"), "\(folder.path("none.wav")): open: ENOENT (No such file or directory)"),
            (configuration(text), "\(text): found no RIFF/WAVE header; expected a WAV file of 16-bit PCM"),
            (configuration(empty), "\(empty): found no samples; expected a WAV file of the mains voltage"),
            (
                configuration(wuhan, speed: 251),
                "\(wuhan): 400 samples a second at speed 251 are too many; expected a speed of at most 250"
            ),
            (configuration(course), "\(course): line 3: expected a later time than in the line before"),
        ]
        for (index, (configuration, complaint)) in cases.enumerated() {
            let path = try folder.write("\(index).json", configuration)
            let said = try Conclusion(of: ["check", "--config", path])
            #expect(said.code == 1 && said.output.isEmpty)
            #expect(said.errors == ["ballastd: \(complaint)"])
        }
        let good = try folder.write("good.json", configuration(wuhan, speed: 250))
        #expect(try Conclusion(of: ["check", "--config", good]).code == 0)
    }
}
