import Rig

/// The tasks that a hash worker holds: the one it searches, and the one to go on with.
struct TaskQueue {
    var current: HashTask?
    /// True until the first chunk after a replacement was searched.
    var isFresh = false
    private var next: HashTask?

    /// Does what `order` says. False: it says to stop.
    mutating func obey(_ order: HashOrder) -> Bool {
        switch order {
        case .replace(let task):
            current = task
            next = nil
            isFresh = true
        case .append(let task):
            // The supervisor never has more than two tasks with a worker.
            if current == nil { current = task } else { next = task }
        case .idle:
            current = nil
            next = nil
        case .stop: return false
        }
        return true
    }

    mutating func finishCurrent() {
        current = next
        next = nil
    }
}
