import Dispatch
import Glibc
import LoomSystem
import Synchronization

@testable import LoomREPL

/// A terminal whose other end the test holds: it types, and sees the screen.
final class PseudoTerminal: Sendable {
    let master: Int32
    let slave: Int32
    private let state: Mutex<State>

    private struct State {
        var screen: Screen
        var waiter: (isMet: @Sendable (Screen) -> Bool, done: CheckedContinuation<Screen, Never>)?
    }

    init?(width: Int, height: Int) {
        // The library's calls for this hide behind a feature macro; these two requests are what they do.
        let unlock: UInt = 0x4004_5431, askNumber: UInt = 0x8004_5430
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var locked: Int32 = 0, number: Int32 = 0
        guard master >= 0, ioctl(master, unlock, &locked) == 0, ioctl(master, askNumber, &number) == 0 else { return nil }
        let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        guard slave >= 0 else { return nil }
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(slave, UInt(TIOCSWINSZ), &size)
        self.master = master
        self.slave = slave
        self.state = Mutex(State(screen: Screen(width: width, height: height)))
        // The thread closes what it reads from: were it closed elsewhere, its number could be another terminal's by now.
        _ = DedicatedThread.start { [weak self] in
            defer { close(master) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(master, &bytes, bytes.count)
                guard count > 0, let self else { return }
                self.see(bytes.prefix(count))
            }
        }
    }

    /// Ends the thread too: nothing can be read any more.
    deinit { close(self.slave) }

    func type(_ text: String) { _ = writeAll(text, to: self.master) }

    /// The screen once it satisfies the condition.
    func screen(where isMet: @escaping @Sendable (Screen) -> Bool) async -> Screen {
        await withCheckedContinuation { done in
            let now: Screen? = self.state.withLock { state in
                if isMet(state.screen) { return state.screen }
                state.waiter = (isMet, done)
                return nil
            }
            if let now { done.resume(returning: now) }
        }
    }

    func screen(rows: [String]) async -> Screen { await self.screen { $0.rows == rows } }

    var isCanonical: Bool {
        var mode = termios()
        return tcgetattr(self.slave, &mode) == 0 && mode.c_lflag & tcflag_t(ICANON) != 0
    }

    private func see(_ bytes: ArraySlice<UInt8>) {
        let met = self.state.withLock { state -> (CheckedContinuation<Screen, Never>, Screen)? in
            state.screen.feed(bytes)
            guard let waiter = state.waiter, waiter.isMet(state.screen) else { return nil }
            state.waiter = nil
            return (waiter.done, state.screen)
        }
        if let met { met.0.resume(returning: met.1) }
    }
}
