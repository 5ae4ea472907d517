import Base
import Grid
import Platform
import Rig

extension Benchmark {
    static var products: Benchmark {
        Benchmark(
            name: "products", options: "FOLDER [--json]",
            summary: "Every product file of a folder on every trace: when it begins, is full and is over."
        ) { (options: inout Options) throws(BenchmarkError) in
            let isJSON = options.takeFlag("--json")
            let folder = try options.takeWord("the folder of product files")
            try options.finish()
            try productTable(folder, isJSON)
        }
    }

    static var gridEvent: Benchmark {
        Benchmark(
            name: "grid-event", options: "FILE TRACE",
            summary: "One product on one trace as a record of the event, for plot."
        ) { (options: inout Options) throws(BenchmarkError) in
            let product = try readProduct(try options.takeWord("the product file"))
            let name = try options.takeWord("the trace's name")
            try options.finish()
            guard let trace = GridTrace.all.first(where: { $0.name == name }) else {
                throw .usage("no trace \"\(name)\", only \(GridTrace.all.map { $0.name }.joined(separator: ", "))")
            }
            try writeRecord(trace, product)
        }
    }
}

private func readProduct(_ path: String) throws(BenchmarkError) -> GridProduct {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try File.read(path, limit: ProductFile.limit) } catch {
        throw .failed(error.description)
    }
    do throws(DocumentError) { return try GridProduct.read(file: path, bytes: bytes) } catch {
        throw .failed(error.message)
    }
}

private func productTable(_ folder: String, _ isJSON: Bool) throws(BenchmarkError) {
    let names: [String]
    do throws(FileError) { names = try File.names(in: folder) } catch { throw .failed(error.description) }
    var output = try Output(
        "products",
        columns: ["trace", "begins_s", "full_s", "largest", "over_s", "events", "product"], isJSON: isJSON)
    var ordinary: [OrdinaryRow] = []
    for name in names where name.utf8.suffix(5).elementsEqual(".json".utf8) {
        let product = try readProduct(folder + "/" + name)
        for trace in GridTrace.all {
            var (begins, full, over): (Double?, Double?, Double?) = (nil, nil, nil)
            var (largest, events): (Int32, Int) = (0, 0)
            var last: Int32 = 0
            trace.run(product) { time, _, response in
                let size = response.permille < 0 ? -response.permille : response.permille
                if size > 0, last == 0 {
                    events += 1
                    if begins == nil { begins = time }
                }
                if size >= 999, full == nil { full = time }
                if size == 0, last > 0 { over = time }
                if size > largest { largest = size }
                last = size
            }
            if last > 0 { over = nil }
            let title = String(decoding: name.utf8.dropLast(5), as: UTF8.self)
            if trace.points.isEmpty {
                ordinary.append(OrdinaryRow(name: title, product: product, starts: events, largest: largest))
            }
            func shown(_ time: Double?) -> Output.Value {
                time.map { .thousandths(Int($0 * 1000 + 0.5)) } ?? .text("-")
            }
            try output.row([
                .text(trace.name), shown(begins), shown(full), .integer(Int(largest)), shown(over), .integer(events),
                .text(title),
            ])
        }
    }
    try ordinaryTable(ordinary, isJSON)
}

/// A product on the ordinary days.
private struct OrdinaryRow {
    let name: String
    let product: GridProduct
    let starts: Int
    let largest: Int32
}

/// What 28 ordinary days ask of each kind of product: nothing of those for contingencies; of the others a beginning whenever
/// the frequency goes beyond their first point, which it does so many times.
private func ordinaryTable(_ rows: [OrdinaryRow], _ isJSON: Bool) throws(BenchmarkError) {
    var output = try Output(
        "products-ordinary",
        columns: ["kind", "from_mhz", "excursions", "starts", "largest", "verdict", "product"], isJSON: isJSON)
    for row in rows.filter({ $0.product.isContingency }) + rows.filter({ !$0.product.isContingency }) {
        let excursions = GridTrace.excursions(calling: row.product)
        let isContingency = row.product.isContingency
        let passes = isContingency ? row.starts == 0 : row.starts <= excursions && (row.starts > 0) == (excursions > 0)
        try output.row([
            .text(isContingency ? "contingency" : "proportional"),
            .integer(Int(row.product.firstDeviation?.value ?? 0)), .integer(excursions), .integer(row.starts),
            .integer(Int(row.largest)), .text(passes ? "pass" : "FAIL"), .text(row.name),
        ])
    }
}

/// A row for each moment at which something changes, and one a second.
private func writeRecord(_ trace: GridTrace, _ product: GridProduct) throws(BenchmarkError) {
    var stream = StandardStream.output
    var (written, lost) = (0, 0)
    var last: (time: Double, permille: Int32)?
    if !stream.writeLine(EventTrace.header) { lost += 1 }
    trace.run(product) { time, sample, response in
        if let last, response.permille == last.permille, time - last.time < 1 { return }
        guard written < 100_000 else { return }
        last = (time, response.permille)
        written += 1
        // The load is taken to follow at once: 3 kW, simulated.
        let row = EventTrace.Row(
            time: .milliseconds(Int64(time * 1000 + 0.5)), frequency: sample.frequency, rocof: sample.rocof,
            response: response.permille, power: Milliwatts(clamping: 3000 * (1000 - Int64(response.permille))))
        if !stream.writeLine(EventTrace.line(row)) { lost += 1 }
    }
    guard lost == 0 else { throw .failed("cannot write the record to standard output") }
}
