import Base
import Platform
import Rig
import SHA256

/// Everything that is decided before the daemon touches anything: validated files, and what they amount to.
struct RunPlan {
    /// Why there is nothing to run; one line for standard error.
    struct Refusal: Error {
        let message: String
        /// 1: failed; 2: the command line is wrong.
        var exitCode: Int32 = 1
    }

    /// Largest configuration or board file.
    static let fileLimit = 1 << 20

    let configuration: Configuration
    let board: Board
    /// The processor's chain, with what the configuration overrides; nil when the board has none.
    let chain: CPUChainDescription?
    /// The hash boards and what they hang on.
    let assembly: RigAssembly
    let boards: [BoardMaker]
    /// Where the configuration was read from, for the names of files in it.
    let configurationPath: String?
    /// What controls power and heat; nil for a rig whose power cannot be controlled.
    let control: ControlSetup?
    /// What follows the mains; nil for a rig that does not look at it.
    let grid: GridSetup?
    /// Carries out what is said to the simulated rig; nil for real hardware.
    let tellTwin: TwinDesk.Handler?
    let kernel: ScanKernel
    let state: StateDirectory?
    let isUnderServiceManager: Bool
    /// What the log should say at the start.
    let remarks: [Event]

    init(_ options: Invocation.RunOptions) throws(Refusal) {
        var configuration = Configuration()
        if let path = options.configurationPath {
            configuration = try Self.read(path) { (bytes) throws(DocumentError) in
                try Configuration.read(file: path, bytes: bytes)
            }
        }
        if let pool = options.pool {
            guard let address = PoolAddress(pool.url) else {
                throw Refusal(
                    message: "run: --pool: found \"\(pool.url)\"; expected \(PoolAddress.form)", exitCode: 2)
            }
            guard PoolConfiguration.isUser(pool.user) else {
                throw Refusal(
                    message: "run: --user: found \"\(pool.user)\"; expected \(PoolConfiguration.userForm)", exitCode: 2)
            }
            // Not shown: it is a secret.
            guard PoolConfiguration.isPassword(pool.password) else {
                throw Refusal(message: "run: --password: expected \(PoolConfiguration.passwordForm)", exitCode: 2)
            }
            configuration.pools.insert(
                PoolConfiguration(address: address, user: pool.user, password: pool.password), at: 0)
        }
        let path = options.boardPath
        board = try Self.read(path) { (bytes) throws(DocumentError) in try Board.read(file: path, bytes: bytes) }
        if options.twinPath != nil, board.simulation == nil {
            throw Refusal(
                message: "run: --twin: board \(board.name) is not simulated; expected a board file with \"simulated\"",
                exitCode: 2)
        }
        chain = Self.processorChain(of: board, configuration.cpu)
        do throws(StateDirectory.Failure) {
            state = try options.statePath.map { (path) throws(StateDirectory.Failure) in
                try StateDirectory(path, log: configuration.log)
            }
        } catch {
            throw Refusal(message: error.message)
        }
        do throws(FileError) {
            try state?.writeEndpoints([])
        } catch {
            throw Refusal(message: error.description)
        }
        let kernels = KernelSelection { Clock.threadProcessorTime }
        guard let kernel = kernels.fastest else {
            throw Refusal(
                message: "no SHA-256 kernel passes its self-test: this processor or this build computes wrongly")
        }
        self.kernel = kernel
        do throws(DocumentError) {
            assembly = try RigAssembly(board, configuration, kernel: kernel, twinPath: options.twinPath)
        } catch {
            throw Refusal(message: error.message)
        }
        boards = assembly.boards
        grid = try GridSetup(assembly, configuration.grid, beside: options.configurationPath)
        control = try ControlSetup(assembly, configuration, hasRelay: grid?.feed != nil)
        tellTwin = assembly.tellTwin
        configurationPath = options.configurationPath
        isUnderServiceManager = StandardStream.error.isJournal || Process.environment("NOTIFY_SOCKET") != nil
        self.configuration = configuration
        remarks = Self.remarks(configuration, board, kernels, state) + assembly.remarks + (grid?.remarks ?? [])
    }

    /// Reads and validates one file.
    static func read<Value>(
        _ path: String, _ parse: ([UInt8]) throws(DocumentError) -> Value
    ) throws(Refusal) -> Value {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try File.read(path, limit: fileLimit)
        } catch {
            throw Refusal(message: error.description)
        }
        do throws(DocumentError) {
            return try parse(bytes)
        } catch {
            throw Refusal(message: error.message)
        }
    }

    private static func processorChain(of board: Board, _ overrides: CPUConfiguration) -> CPUChainDescription? {
        for case .cpu(var chain) in board.chains {
            if let workers = overrides.workers { chain.workers = workers }
            if let duty = overrides.dutyPercent { chain.dutyPercent = duty }
            return chain
        }
        return nil
    }

    private static func remarks(
        _ configuration: Configuration, _ board: Board, _ kernels: KernelSelection, _ state: StateDirectory?
    ) -> [Event] {
        var remarks = [Event(.notice, "rig", "\(Product.agent) starts as \(configuration.name) on board \(board.name)")]
        for rejected in kernels.rejected {
            remarks.append(Event(.error, "sha256", "kernel \(rejected.kernel.name) is dropped: \(rejected.fault.text)"))
        }
        if let best = kernels.ranking.first {
            let rate = Decimal.quantity(Double(best.noncesPerSecond), unit: "H/s")
            remarks.append(Event(.info, "sha256", "kernel \(best.kernel.name), \(rate) a thread"))
        }
        if configuration.pools.isEmpty {
            remarks.append(Event(.warning, "rig", "no pool is configured: there is nothing to mine for"))
        }
        if let complaint = state?.complaint { remarks.append(Event(.error, "state", complaint)) }
        return remarks
    }
}

extension KernelFault {
    /// What went wrong, for the log.
    fileprivate var text: String {
        switch self {
        case .failsKnownBlock(let nonce): "it does not find nonce \(nonce) of a known block"
        case .wrongHash(let lane): "lane \(lane) computes another hash than the portable code"
        case .wrongHits: "it finds other nonces than the portable code"
        }
    }
}
