/// Names one process for good: pids are used again, but not with the same start time.
///
/// Kept on disk, it lets a later run end what an earlier one left behind.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let pid: Int32
    /// In clock ticks since the machine started, as in `/proc/PID/stat`.
    package let startTime: UInt64
    /// Which start of the machine, since the ticks begin anew with each.
    package let boot: String

    package init(pid: Int32, startTime: UInt64, boot: String) {
        self.pid = pid
        self.startTime = startTime
        self.boot = boot
    }

    /// Nil when there is no such process.
    package init?(pid: Int32) {
        guard let entry = ProcessTable.entry(pid) else { return nil }
        self.init(pid: pid, startTime: entry.startTime, boot: ProcessTable.boot)
    }

    /// Whether this very process still runs and leads its own group.
    package var isRunning: Bool {
        guard boot == ProcessTable.boot, let entry = ProcessTable.entry(pid) else { return false }
        return entry.startTime == startTime && entry.group == pid && entry.isAlive
    }
}
