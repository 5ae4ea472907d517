import Rig

/// What a command line of `ballastd` asks for.
public enum Invocation: Equatable, Sendable {
    case run(RunOptions)
    case check(CheckedFiles)
    /// Says something to a simulated rig.
    case twin(TwinPlace, command: String)
    /// Runs the simulated rig of a board file in a process of its own, for agents that come to the socket.
    case serveTwin(boardPath: String, socketPath: String)
    case version
    case help

    /// Where a simulated rig is.
    public enum TwinPlace: Equatable, Sendable {
        /// In the agent that runs with this state directory.
        case state(String)
        /// In a process of its own, behind this socket.
        case socket(String)
    }

    /// The files that `ballastd check` looks at.
    public struct CheckedFiles: Equatable, Sendable {
        public var boards: [String]
        public var configurations: [String]
        /// Grid products.
        public var products: [String]

        public init(boards: [String] = [], configurations: [String] = [], products: [String] = []) {
            self.boards = boards
            self.configurations = configurations
            self.products = products
        }
    }

    /// The options of `ballastd run`.
    public struct RunOptions: Equatable, Sendable {
        public var boardPath: String
        public var configurationPath: String?
        public var statePath: String?
        /// A pool given on the command line stands before those of the configuration.
        public var pool: CommandLinePool?
        /// The socket of a simulated rig in another process; nil: a simulated rig runs inside the agent.
        public var twinPath: String?

        public init(
            boardPath: String, configurationPath: String? = nil, statePath: String? = nil,
            pool: CommandLinePool? = nil, twinPath: String? = nil
        ) {
            self.boardPath = boardPath
            self.configurationPath = configurationPath
            self.statePath = statePath
            self.pool = pool
            self.twinPath = twinPath
        }
    }

    /// The pool that `--pool`, `--user` and `--password` describe.
    public struct CommandLinePool: Equatable, Sendable {
        public var url: String
        public var user: String
        public var password: String

        public init(url: String, user: String, password: String) {
            self.url = url
            self.user = user
            self.password = password
        }
    }

    /// A command line that cannot be understood; `message` is one line that names the word, what was found and what was expected.
    public struct UsageError: Error, Equatable {
        public let message: String
    }

    public static let usage = """
        usage: ballastd run --board FILE [--config FILE] [--state DIR]
                            [--pool stratum+tcp://HOST:PORT --user NAME [--password WORD]]
                            [--twin SOCKET]
               ballastd check [--board FILE]... [--config FILE]... [--product FILE]...
               ballastd twin --state DIR|--socket PATH COMMAND...
               ballastd twin serve --board FILE --socket PATH
               ballastd version
               ballastd help

        run      mine, in the foreground; events go to stderr, one a line
        check    validate board, configuration and grid product files, drive nothing; exit 0 when all are valid,
                 1 when not
        twin     tell the simulated rig of a running agent what happens to it; "twin --state DIR help" lists it;
                 serve: run a simulated rig of its own, which outlives the agents that are given it with --twin
        version  print the version and what this build contains

        Exit codes: 0 fine, 1 failed, 2 usage.

        """

    /// Understands the words after the program's name.
    public static func parse(_ words: [String]) throws(UsageError) -> Invocation {
        guard let command = words.first else {
            throw UsageError(message: "no command given; expected run, check, twin, version or help")
        }
        var options = Options(command: command, words: Array(words.dropFirst()))
        switch command {
        case "run": return try parseRun(&options)
        case "check": return try parseCheck(&options)
        case "twin": return try parseTwin(&options)
        case "version", "--version": return try parsePlain(.version, &options)
        case "help", "--help", "-h": return try parsePlain(.help, &options)
        default:
            throw UsageError(
                message: "unknown command \"\(command)\""
                    + suggestion(for: command, among: ["run", "check", "twin", "version", "help"]))
        }
    }

    private static func parseRun(_ options: inout Options) throws(UsageError) -> Invocation {
        let known = ["--board", "--config", "--state", "--pool", "--user", "--password", "--twin"]
        var values: [String?] = Array(repeating: nil, count: known.count)
        while let (index, value) = try options.next(among: known) {
            guard values[index] == nil else { throw UsageError(message: "run: \(known[index]) is given twice") }
            values[index] = value
        }
        guard let board = values[0] else {
            throw UsageError(
                message:
                    "run: --board FILE is missing; it says which hardware to drive, for example --board Boards/cpu.json"
            )
        }
        var pool: CommandLinePool?
        if let url = values[3] {
            guard let user = values[4] else { throw UsageError(message: "run: --pool is given without --user NAME") }
            pool = CommandLinePool(url: url, user: user, password: values[5] ?? "x")
        } else if values[4] != nil || values[5] != nil {
            throw UsageError(
                message: "run: --user and --password go with --pool stratum+tcp://HOST:PORT, which is missing")
        }
        return .run(
            RunOptions(
                boardPath: board, configurationPath: values[1], statePath: values[2], pool: pool, twinPath: values[6]))
    }

    private static func parseCheck(_ options: inout Options) throws(UsageError) -> Invocation {
        var files = CheckedFiles()
        while let (index, value) = try options.next(among: ["--board", "--config", "--product"]) {
            switch index {
            case 0: files.boards.append(value)
            case 1: files.configurations.append(value)
            default: files.products.append(value)
            }
        }
        guard files != CheckedFiles() else {
            throw UsageError(message: "check: nothing to check; expected --board FILE, --config FILE or --product FILE")
        }
        return .check(files)
    }

    private static func parseTwin(_ options: inout Options) throws(UsageError) -> Invocation {
        if options.words.first == "serve" { return try parseServe(&options) }
        guard let (index, path) = try options.next(among: ["--state", "--socket"]) else {
            throw UsageError(message: "twin: --state DIR is missing; it says which running agent is meant")
        }
        let words = options.words[options.position...]
        guard !words.isEmpty else {
            throw UsageError(message: "twin: no command given; \"ballastd twin --state DIR help\" lists them")
        }
        return .twin(index == 0 ? .state(path) : .socket(path), command: words.joined(separator: " "))
    }

    private static func parseServe(_ options: inout Options) throws(UsageError) -> Invocation {
        options.position = 1
        var board: String?
        var socket: String?
        while let (index, value) = try options.next(among: ["--board", "--socket"]) {
            if index == 0 { board = value } else { socket = value }
        }
        guard let board, let socket else {
            throw UsageError(message: "twin serve: expected --board FILE and --socket PATH")
        }
        return .serveTwin(boardPath: board, socketPath: socket)
    }

    private static func parsePlain(_ invocation: Invocation, _ options: inout Options) throws(UsageError) -> Invocation
    {
        if let word = options.words.first {
            throw UsageError(message: "\(options.command): unexpected \"\(word)\"; it takes no options")
        }
        return invocation
    }

    /// " (did you mean …?)" when a known name is near.
    private static func suggestion(for word: String, among names: [String]) -> String {
        guard let name = NearestName.match(word, among: names) else {
            return "; expected one of \(names.joined(separator: ", "))"
        }
        return "; did you mean \(name)?"
    }

    /// Reads `--name value` and `--name=value` pairs one after the other.
    private struct Options {
        let command: String
        let words: [String]
        var position = 0

        init(command: String, words: [String]) {
            self.command = command
            self.words = words
        }

        mutating func next(among names: [String]) throws(UsageError) -> (index: Int, value: String)? {
            guard position < words.count else { return nil }
            let word = words[position]
            position += 1
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let index = names.firstIndex(of: name) else {
                throw UsageError(
                    message: "\(command): unknown option \"\(word)\"" + suggestion(for: name, among: names))
            }
            if parts.count == 2 { return (index, String(parts[1])) }
            guard position < words.count else { throw UsageError(message: "\(command): \(name) needs a value") }
            position += 1
            return (index, words[position - 1])
        }
    }
}
