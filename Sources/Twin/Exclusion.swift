/// Lets one thread at a time into the simulated rig, which several threads of the agent share as they share a real one.
public protocol Exclusion: AnyObject {
    /// Waits until no other thread is in the rig. Not to be called again before `leave`.
    func enter()
    /// Lets the next thread in.
    func leave()
}

/// For a simulated rig that belongs to one thread.
public final class NoExclusion: Exclusion {
    public init() {}

    /// Does nothing: there is nobody to wait for.
    public func enter() {}

    /// Does nothing.
    public func leave() {}
}
