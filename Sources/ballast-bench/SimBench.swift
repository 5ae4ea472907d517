import Base
import Daemon

extension Benchmark {
    static var sim: Benchmark {
        Benchmark(
            name: "sim", options: "[--seeds N] [--first N] [--hours H] [--json]",
            summary: "Campaign: thermal control against simulated rigs while one thing after another goes wrong."
        ) { (options: inout Options) throws(BenchmarkError) in
            let seeds = try options.takeNumber("--seeds", in: 1...10_000) ?? 2
            let first = try options.takeNumber("--first", in: 0...1_000_000) ?? 0
            let hours = try options.takeNumber("--hours", in: 1...10_000) ?? 10
            let isJSON = options.takeFlag("--json")
            try options.finish()
            let total = try runCampaigns(first..<(first + seeds), hours: hours, isJSON: isJSON)
            try printIncidents(total, isJSON: isJSON)
            guard try isRepeatable(seed: UInt64(first)) else { throw .failed("the same seed took another course") }
            guard total.isGood else {
                throw .failed(
                    "\(total.tooHot) samples too hot, \(total.hunting) turns too soon, \(total.falseAlarms) false alarms "
                        + "of fans, \(total.late) late, "
                        + "\(total.destroyedChips) chips destroyed; none allowed")
            }
        }
    }
}

private func runCampaigns(
    _ seeds: Range<Int>, hours: Int, isJSON: Bool
) throws(BenchmarkError) -> CampaignMeasures {
    var output = try Output(
        "sim",
        columns: [
            "rig", "seed", "hours", "hottest_C", "to_limit_C", "too_hot", "turns", "hunting", "false_fan", "late",
            "trips", "locked",
            "settle_s", "overshoot_C", "ripple_pm", "trace",
        ], isJSON: isJSON)
    var total: CampaignMeasures?
    for seed in seeds {
        for model in CampaignModel.allCases {
            let measures = try campaign(model, seed: UInt64(seed), hours: hours)
            try output.row(row(measures, "\(model.name)", "\(seed)"))
            total?.add(measures)
            if total == nil { total = measures }
        }
    }
    guard let total else { throw .usage("--seeds needs at least one") }
    try output.row(row(total, "all", "\(seeds.lowerBound)-\(seeds.upperBound - 1)"))
    return total
}

private func campaign(
    _ model: CampaignModel, seed: UInt64, hours: Int
) throws(BenchmarkError) -> CampaignMeasures {
    do throws(CampaignFault) {
        var campaign = try Campaign(model, seed: seed)
        return campaign.run(hours: hours)
    } catch {
        switch error {
        case .configuration: throw .failed("the thermal configuration of \(model.name) was refused")
        case .wiring(let what), .part(let what): throw .failed("the simulated \(model.name) lacks \(what)")
        }
    }
}

/// Whether an hour of the seed gives the same trace twice.
private func isRepeatable(seed: UInt64) throws(BenchmarkError) -> Bool {
    for model in CampaignModel.allCases {
        let first = try campaign(model, seed: seed, hours: 1)
        let second = try campaign(model, seed: seed, hours: 1)
        if first.traceHash != second.traceHash { return false }
    }
    return true
}

private func row(_ measures: CampaignMeasures, _ rig: String, _ seed: String) -> [Output.Value] {
    [
        .text(rig), .text(seed), .integer(measures.hours), .thousandths(Int(measures.hottest.millidegrees)),
        .text("\(measures.worstExcess.millidegrees / 1000)"), .integer(measures.tooHot), .integer(measures.turns),
        .integer(measures.hunting), .integer(measures.falseAlarms), .integer(measures.late), .integer(measures.trips),
        .integer(measures.lockOuts),
        .thousandths(milliseconds(measures.settleTime)), .text("\(measures.overshoot.millidegrees)e-3"),
        .integer(Int(measures.ripplePermille)), .text(hexadecimal(measures.traceHash)),
    ]
}

/// How soon what had to follow followed, per class.
private func printIncidents(_ total: CampaignMeasures, isJSON: Bool) throws(BenchmarkError) {
    var output = try Output(
        "sim-incidents", columns: ["incidents", "measured", "slowest_s", "limit_s", "late", "class"], isJSON: isJSON)
    for kind in IncidentClass.allCases {
        let row = total.row(kind)
        guard row.count > 0 else { continue }
        let limit: Output.Value = kind.limit.map { .thousandths(milliseconds($0)) } ?? .text("-")
        try output.row([
            .integer(row.count), .integer(row.measured), .thousandths(milliseconds(row.slowest)), limit,
            .integer(row.late), .text("\(kind.name)"),
        ])
    }
}

private func milliseconds(_ duration: Duration) -> Int { Int(duration.nanoseconds / 1_000_000) }

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
