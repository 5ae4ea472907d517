import Mining

extension Session {
    /// How to present oneself to a pool.
    public struct Settings: Sendable {
        /// Where the pool is configured to be; decides where it may redirect to.
        public var endpoint: Endpoint
        /// Account, usually with a worker's name: `user.worker`.
        public var user: [UInt8]
        public var password: [UInt8]
        /// Program and version, sent with `mining.subscribe`.
        public var agent: [UInt8]
        /// The version bits to ask for; 0 asks for none. By default those of BIP 320.
        public var versionMask: UInt32 = 0x1FFF_E000
        /// The difficulty to ask for, if any.
        public var suggestedDifficulty: Difficulty?
        /// Whether to ask to be told of new extranonces, as marketplaces need that move miners between customers.
        public var subscribesToExtranonce = false
        public var timing = Timing()

        public init(
            endpoint: Endpoint, user: some Sequence<UInt8>, password: some Sequence<UInt8>, agent: some Sequence<UInt8>
        ) {
            self.endpoint = endpoint
            self.user = Array(user)
            self.password = Array(password)
            self.agent = Array(agent)
        }
    }

    /// How long to wait for a pool (Docs/stratum.md).
    public struct Timing: Sendable {
        /// For the reply to `mining.configure`, after which the handshake goes on without version rolling.
        public var configure: Duration = .seconds(10)
        /// For the reply to any other request.
        public var request: Duration = .seconds(30)
        /// From the connection to the first job.
        public var firstJob: Duration = .seconds(60)
        /// From one job to the next.
        public var silence: Duration = .seconds(120)
        /// For the first difficulty after the first job, before difficulty 1 is assumed.
        public var difficulty: Duration = .seconds(2)

        public init() {}
    }

    /// What is left of a session when its connection breaks, to go on with on the next one.
    public struct Resumption: Sendable {
        /// What the pool knows the session by.
        var id: [UInt8]?
        var extranonce1: [UInt8]
        /// Jobs that shares may still be found for.
        var jobs: [Assignment]
    }
}
