import Base
import Buses
import Testing

@testable import Daemon

/// What stands between the kernel's buses and the boards.
@Suite struct LinuxHardwareTests {
    /// A device that is there while its socket says so.
    private final class Device: SPIBus {
        final class Socket {
            var holds: Device?
            var opened = 0
        }

        let name = BusName(.spi, 0)
        let longestTransfer = 4096
        let clock = Hertz(390_625)
        private let socket: Socket

        init(_ socket: Socket) { self.socket = socket }

        private func use() throws(BusFault) {
            guard socket.holds === self else { throw BusFault(.unplugged, bus: name, operation: "exchange") }
        }

        func setClock(_ clock: Hertz) throws(BusFault) { try use() }
        func exchange(_ bytes: inout MutableSpan<UInt8>) throws(BusFault) { try use() }
        func write(_ bytes: Span<UInt8>) throws(BusFault) { try use() }
        func read(into bytes: inout MutableSpan<UInt8>) throws(BusFault) { try use() }
    }

    @Test func anSPIDeviceThatCameBackIsOpenedAnew() {
        let socket = Device.Socket()
        let bus = LazySPIBus(BusName(.spi, 0)) { () throws(BusFault) in
            socket.opened += 1
            guard let device = socket.holds else { throw BusFault(.noBus, bus: BusName(.spi, 0), operation: "open") }
            return device
        }
        func fault() -> BusFault.Kind? {
            do throws(BusFault) {
                try bus.write([1].span)
                return nil
            } catch {
                return error.kind
            }
        }
        socket.holds = Device(socket)
        #expect(fault() == nil)
        #expect(fault() == nil)
        #expect(socket.opened == 1)
        socket.holds = nil
        #expect(fault() == .unplugged)
        #expect(fault() == .noBus)
        // The same place, another device: what was open leads nowhere.
        socket.holds = Device(socket)
        #expect(fault() == nil)
        #expect(socket.opened == 3)
    }

    /// Like a kernel's line: keeps 16 edges, drops what comes then.
    private final class Line: EdgeSource {
        private var kept: [Edge] = []
        private(set) var lost: UInt64 = 0
        private var count: UInt32 = 0

        func edge(at time: Instant) {
            count += 1
            if kept.count < 16 { kept.append(Edge(.toActive, at: time, sequence: count)) } else { lost += 1 }
        }

        func read(into edges: inout MutableSpan<Edge>) throws(BusFault) -> Int {
            let taken = min(kept.count, edges.count)
            for index in 0..<taken { edges[index] = kept[index] }
            kept.removeFirst(taken)
            return taken
        }
    }

    /// 6000 revolutions a minute with two pulses each: one in 5 ms. The looks are as irregular as a busy thread's: some come when
    /// much was lost, some right after another, the last after three seconds.
    @Test func noPulseIsMeasuredAcrossLostEdges() {
        let line = Line()
        let tachometer = LineTachometer(line, pulsesPerRevolution: 2)
        var now = Instant(nanoseconds: 1_000_000_000)
        var readings = 0
        for pulses in [40, 1, 40, 3, 40, 7, 16, 1, 40, 20, 2, 40, 600] {
            for _ in 0..<pulses {
                now = now + .milliseconds(5)
                line.edge(at: now)
            }
            guard let speed = tachometer.speed(now: now).value else { continue }
            readings += 1
            #expect(speed == RPM(6000), "after \(pulses) pulses")
        }
        #expect(line.lost > 0)
        #expect(readings == 13)
    }
}
