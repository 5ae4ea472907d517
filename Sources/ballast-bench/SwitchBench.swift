import Base
import Daemon
import Platform

extension Benchmark {
    static var jobSwitch: Benchmark {
        Benchmark(
            name: "switch", options: "[--switches N] [--nice N] [--json]",
            summary: "Job switch: from a new job to its first nonces, with all processors hashing; goal 99 % in 5 ms."
        ) { (options: inout Options) throws(BenchmarkError) in
            let switches = try options.takeNumber("--switches", in: 1...100_000) ?? 500
            let nice = try options.takeNumber("--nice", in: -20...19)
            let isJSON = options.takeFlag("--json")
            try options.finish()
            let trial: JobSwitchTrial
            do throws(JobSwitchTrial.Failure) {
                trial = try JobSwitchTrial(switches: switches, nice: nice)
            } catch {
                switch error {
                case .system(let error): throw .failed(error.description)
                case .noKernel: throw .failed("no SHA-256 kernel passes its self-test")
                case .notObeyed: throw .failed("a worker did not begin the task that it was given")
                }
            }
            var output = try Output(
                "switch", columns: ["delay", "workers", "p50_ms", "p99_ms", "max_ms", "samples"], isJSON: isJSON)
            for (name, delays) in [("job switch", trial.delays), ("timer wake-up", trial.wakeups)] {
                try output.row([
                    .text(name), .integer(trial.workerCount), percentile(50, of: delays), percentile(99, of: delays),
                    percentile(100, of: delays), .integer(delays.count),
                ])
            }
        }
    }
}

/// The delay in milliseconds that `percent` of the sorted `delays` do not exceed.
private func percentile(_ percent: Int, of delays: [Duration]) -> Output.Value {
    let index = max(0, (delays.count * percent + 99) / 100 - 1)
    return .thousandths(delays.isEmpty ? 0 : Int(delays[index].nanoseconds / 1000))
}
