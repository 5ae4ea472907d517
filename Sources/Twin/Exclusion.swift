/// Lets one thread at a time into the simulated rig, which several threads of the agent share as they share a real one.
public protocol Exclusion: AnyObject {
    func enter()
    func leave()
}

/// For a simulated rig that belongs to one thread.
public final class NoExclusion: Exclusion {
    public init() {}

    public func enter() {}

    public func leave() {}
}
