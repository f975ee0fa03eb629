import Glibc
import LoomSystem

/// Lines from a pipe, a file or a terminal that can't move its cursor: no editing, no escape codes.
package final class PlainLines: LinePort {
    package let events: AsyncStream<LineEvent>
    private let output: OutputPort
    private let prompt: String
    private let pipe: WakePipe

    /// Begins at once. `prompt` is empty where nobody sits at the input. Nil when the system has no thread or descriptor left.
    package init?(input: Int32, output: OutputPort, prompt: String) {
        guard let pipe = WakePipe() else { return nil }
        let (events, feed) = AsyncStream.makeStream(of: LineEvent.self)
        self.events = events
        self.output = output
        self.prompt = prompt
        self.pipe = pipe
        let descriptor = output.descriptor
        let isStarted = DedicatedThread.start {
            var joiner = LineJoiner()
            var reader = ByteLines(input: input, wake: pipe.reader)
            if !prompt.isEmpty { _ = writeAll(prompt, to: descriptor) }
            while let line = reader.next() {
                if let entry = joiner.add(line) { feed.yield(.line(entry)) }
                if !prompt.isEmpty { _ = writeAll(prompt, to: descriptor) }
            }
            if let entry = joiner.end() { feed.yield(.line(entry)) }
            feed.yield(.end)
            feed.finish()
        }
        guard isStarted else { return nil }
    }

    package func print(_ text: String) async { await self.output.write(text) }

    package func close() async {
        self.pipe.wake()
        await self.output.write("")
    }
}

/// Splits what a descriptor gives into lines, until its end or until somebody wakes it.
private struct ByteLines {
    let input: Int32
    let wake: Int32
    private var held: [UInt8] = []
    private var searched = 0
    private var isEnded = false

    init(input: Int32, wake: Int32) {
        self.input = input
        self.wake = wake
    }

    mutating func next() -> String? {
        while true {
            if let end = self.held[self.searched...].firstIndex(of: 0x0A) {
                defer {
                    self.held.removeFirst(end + 1)
                    self.searched = 0
                }
                return Self.text(self.held[..<end])
            }
            self.searched = self.held.count
            if self.isEnded {
                defer {
                    self.held = []
                    self.searched = 0
                }
                return self.held.isEmpty ? nil : Self.text(self.held[...])
            }
            self.fill()
        }
    }

    private mutating func fill() {
        var polled = [
            pollfd(fd: self.input, events: Int16(POLLIN), revents: 0), pollfd(fd: self.wake, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, 2, -1) > 0 else {
            self.isEnded = errno != EINTR
            return
        }
        if polled[1].revents != 0 {
            self.isEnded = true
            return
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(self.input, &bytes, bytes.count)
        if count > 0 {
            self.held += bytes.prefix(count)
        } else {
            self.isEnded = count == 0 || (errno != EINTR && errno != EAGAIN)
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)
    }
}
