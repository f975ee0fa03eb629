import Glibc

/// How long the runs of one piece of work took, for one unit of it. Seconds.
struct Measurement: Sendable {
    /// In ascending order, never empty.
    let samples: [Double]
    /// CPU time of all threads, as a mean: what is left of the truth on a busy machine.
    let cpu: Double

    init(samples: [Double], cpu: Double) {
        self.samples = samples.isEmpty ? [0] : samples.sorted()
        self.cpu = cpu
    }

    var median: Double { self.quantile(0.5) }
    var p99: Double { self.quantile(0.99) }
    var best: Double { self.samples.first ?? 0 }

    func quantile(_ part: Double) -> Double {
        self.samples[min(self.samples.count - 1, Int(Double(self.samples.count) * part))]
    }
}

/// Runs a piece of work some times for nothing, then `runs` times against the clock.
/// - Parameter units: how many of what is measured one run does.
func measure(
    warmUp: Int = 3, runs: Int = 15, units: Int = 1, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void
) async rethrows -> Measurement {
    for _ in 0..<warmUp { try await work() }
    var samples: [Double] = []
    let before = processTime()
    for _ in 0..<runs {
        let start = uptime()
        try await work()
        samples.append((uptime() - start) / Double(units))
    }
    return Measurement(samples: samples, cpu: (processTime() - before) / Double(runs * units))
}

/// The same for what is left of a piece of work when a part of it, which is done alone after each run, is taken off.
func measure(
    warmUp: Int = 3, runs: Int = 15, units: Int = 1, isolation: isolated (any Actor)? = #isolation, _ work: () async throws -> Void,
    less part: () async throws -> Void
) async throws -> Measurement {
    var samples: [Double] = []
    var cpu = 0.0
    for run in 1...(warmUp + runs) {
        let whole = try await measure(warmUp: 0, runs: 1, units: units, work)
        let part = try await measure(warmUp: 0, runs: 1, units: units, part)
        guard run > warmUp else { continue }
        samples.append(whole.median - part.median)
        cpu += whole.cpu - part.cpu
    }
    return Measurement(samples: samples, cpu: cpu / Double(runs))
}

/// Seconds that never run backwards.
func uptime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// CPU seconds of this process.
func processTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Returns when this process has come to rest: what was begun in the background is done.
func settle() async {
    var before = processTime()
    while true {
        try? await Task.sleep(for: .milliseconds(100))
        let now = processTime()
        if now - before < 0.001 { return }
        before = now
    }
}
