import CSpawn
import Glibc
import Synchronization

/// A program in a terminal of its own, whose other end we hold.
final class PseudoTerminal {
    let process: pid_t
    private let master: Int32

    /// - Parameter arguments: the program's path first.
    init(_ arguments: [String], folder: String, environment: [String: String]) throws {
        // The library's calls for this hide behind a feature macro; these two requests are what they do.
        let unlock: UInt = 0x4004_5431, askNumber: UInt = 0x8004_5430
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: Int32 = 0
        guard master >= 0, ioctl(master, unlock, &locked) == 0, ioctl(master, askNumber, &number) == 0 else {
            throw BenchError("The system has no pseudo-terminal left.")
        }
        var size = winsize(ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        self.master = master
        self.process = try spawnProcess(arguments, folder: folder, environment: environment, terminal: "/dev/pts/\(number)")
    }

    deinit { close(self.master) }

    /// Reads until the text has appeared; what was read is given back.
    func read(until text: String, within seconds: Double = 30) throws -> String {
        var seen: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        let end = uptime() + seconds
        while true {
            var polled = pollfd(fd: self.master, events: Int16(POLLIN), revents: 0)
            let left = Int32((end - uptime()) * 1000)
            guard left > 0, poll(&polled, 1, left) > 0 else { break }
            let count = Glibc.read(self.master, &block, block.count)
            guard count > 0 else { break }
            seen += block[..<count]
            let shown = String(decoding: seen, as: UTF8.self)
            if shown.contains(text) { return shown }
        }
        throw BenchError("«\(text)» did not appear. The terminal shows:\n\(String(decoding: seen, as: UTF8.self))")
    }

    func type(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { write(self.master, $0.baseAddress, $0.count) } }

    /// Takes what it still writes until it has ended; the CPU seconds of its whole life.
    func end() throws -> Double {
        var block = [UInt8](repeating: 0, count: 65_536)
        while Glibc.read(self.master, &block, block.count) > 0 {}
        return try waitForEnd(of: self.process)
    }
}

/// Starts a program; on a terminal as the leader of a session of its own, else with its output thrown away.
func spawnProcess(_ arguments: [String], folder: String, environment: [String: String], terminal: String? = nil) throws -> pid_t {
    let newSession: Int16 = 0x80
    var attributes = posix_spawnattr_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawnattr_init(&attributes)
    posix_spawn_file_actions_init(&actions)
    defer {
        posix_spawnattr_destroy(&attributes)
        posix_spawn_file_actions_destroy(&actions)
    }
    posix_spawnattr_setflags(&attributes, newSession)
    posix_spawn_file_actions_addchdir_np(&actions, folder)
    posix_spawn_file_actions_addopen(&actions, 0, terminal ?? "/dev/null", O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, arguments.first ?? "", &actions, &attributes, words, variables)
    guard code == 0 else { throw BenchError("\(arguments.first ?? "") does not start: \(String(cString: strerror(code)))") }
    return process
}

/// Waits for a child; the CPU seconds of its whole life. Throws when it did not end with 0.
func waitForEnd(of process: pid_t) throws -> Double {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0 {
        guard errno == EINTR else { throw BenchError("The process \(process) got lost.") }
    }
    guard status == 0 else { throw BenchError("The process \(process) ended with status \(status).") }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}
