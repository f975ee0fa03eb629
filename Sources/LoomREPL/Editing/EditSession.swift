import CEdit
import Glibc

/// One use of libedit, on the one thread that may touch it.
final class EditSession {
    /// How long a lone Escape is held to see whether it begins a paste, in milliseconds.
    private static let escapePause: Int32 = 25
    /// Marks around pasted text tell a pasted line end from the Enter key.
    private static let marksPastes = "\u{1B}[?2004h"
    private static let marksNoPastes = "\u{1B}[?2004l"

    let input: Int32
    let output: Int32
    let configuration: LineEditor.Configuration
    let mailbox: EditorMailbox
    let emit: (LineEvent) -> Void

    private(set) var decoder = KeyDecoder()
    private var joiner = LineJoiner()
    private var isEnded = false
    private var prompts: (first: UnsafeMutablePointer<wchar_t>, next: UnsafeMutablePointer<wchar_t>)
    private var editor: OpaquePointer?

    init(
        input: Int32, output: Int32, configuration: LineEditor.Configuration, mailbox: EditorMailbox,
        emit: @escaping (LineEvent) -> Void
    ) {
        self.input = input
        self.output = output
        self.configuration = configuration
        self.mailbox = mailbox
        self.emit = emit
        self.prompts = (wideString(configuration.prompt), wideString(configuration.continuation))
    }

    deinit {
        self.prompts.first.deallocate()
        self.prompts.next.deallocate()
    }

    /// The prompt of the line being typed, as libedit wants it.
    var widePrompt: UnsafeMutablePointer<wchar_t> { self.joiner.isContinuing ? self.prompts.next : self.prompts.first }

    /// Edits line after line until the end. Ends at once when memory or descriptors for the editor ran out.
    func run() {
        cedit_guard(self.output)
        defer { cedit_unguard(self.output) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        guard
            let editor = cedit_open(
                self.input, self.output, self.configuration.term, context, readCharacter, promptText, completeWord)
        else { return }
        self.editor = editor
        defer {
            self.editor = nil
            cedit_close(editor)
        }
        let history = cedit_history_open(editor, 1000)
        defer { if let history { history_wend(history) } }
        for entry in self.configuration.history?.load() ?? [] { enter(entry, into: history) }
        // What was typed too early was echoed by the terminal; it will be drawn again as part of the line.
        self.write(Self.marksPastes + "\r\u{1B}[K")
        defer { self.write(Self.marksNoPastes) }
        while !self.isEnded {
            var count: Int32 = 0
            guard let line = el_wgets(editor, &count), count > 0 else {
                self.isEnded = true
                break
            }
            self.accept(String(String.UnicodeScalarView(scalars(line, Int(count)))), history)
        }
        if let rest = self.joiner.end() { self.emit(.line(rest)) }
    }

    private func accept(_ typed: String, _ history: OpaquePointer?) {
        let line = typed.last == "\n" ? String(typed.dropLast()) : typed
        guard let entry = self.joiner.add(line) else { return }
        if !entry.isEmpty {
            if !entry.hasPrefix(" ") { enter(entry, into: history) }
            self.configuration.history?.append(entry)
        }
        self.emit(.line(entry))
    }

    /// Called by libedit for each character: 1 with one, 0 at the end. Meanwhile it prints what others have to say.
    func read(into target: UnsafeMutablePointer<wchar_t>) -> Int32 {
        while !self.isEnded {
            self.grantWishes()
            if self.isEnded { break }
            if let key = self.decoder.next() {
                if let scalar = self.handle(key) {
                    target.pointee = wchar_t(bitPattern: scalar.value)
                    return 1
                }
            } else {
                self.wait()
            }
        }
        return 0
    }

    /// The character for libedit, or nil when the key was ours.
    private func handle(_ key: KeyDecoder.Key) -> Unicode.Scalar? {
        switch key {
        case .scalar("\u{4}") where self.typed.text.isEmpty:
            self.isEnded = true
            self.write(self.eraseTyped())
            return nil
        case .scalar("\0"):
            return nil
        case .scalar(let scalar):
            return scalar
        case .paste(let text):
            self.replace(with: text)
            return nil
        case .interrupt:
            self.emit(.interrupt)
            return nil
        case .suspend:
            self.suspend()
            return nil
        }
    }

    private func wait() {
        var polled = [
            pollfd(fd: self.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: self.mailbox.pipe.reader, events: Int16(POLLIN), revents: 0),
        ]
        let ready = poll(&polled, 2, self.decoder.isHolding ? Self.escapePause : -1)
        if ready == 0 { return self.decoder.release() }
        guard ready > 0 else {
            if errno != EINTR { self.isEnded = true }
            return
        }
        if polled[1].revents != 0 { self.mailbox.pipe.clear() }
        if polled[0].revents != 0 { self.readInput() }
    }

    private func readInput() {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(self.input, &bytes, bytes.count)
        if count > 0 {
            self.decoder.feed(bytes.prefix(count))
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            self.isEnded = true
        }
    }

    private func grantWishes() {
        let wishes = self.mailbox.take()
        if wishes.isResized, let editor = self.editor { el_resize(editor) }
        if wishes.isContinued, let editor = self.editor {
            cedit_mode(editor, self.output, 1)
            // Whoever had the terminal meanwhile has left it as they like it.
            self.write(Self.marksPastes)
        }
        if wishes.isClosing {
            self.isEnded = true
            self.write(self.eraseTyped() + wishes.output)
        } else if wishes.isResized || wishes.isContinued || !wishes.output.isEmpty {
            self.printAbove(wishes.output)
        }
        if let offer = wishes.offer, !self.isEnded { self.take(offer) }
    }

    /// Stops the whole job, as the terminal does for Ctrl-Z outside of an editor.
    private func suspend() {
        guard let editor = self.editor else { return }
        self.write(self.eraseTyped() + Self.marksNoPastes)
        cedit_mode(editor, self.output, 0)
        kill(0, SIGTSTP)
    }

    /// Erases the typed line, prints, and draws the line again exactly as it was.
    func printAbove(_ text: String) {
        self.write(self.eraseTyped() + text)
        if let editor = self.editor { cedit_refresh(editor) }
    }

    /// Puts text in place of `count` scalars before the cursor.
    func replace(_ count: Int = 0, with text: String) {
        guard let editor = self.editor else { return }
        // Erased while it is still known where the cursor stands.
        self.write(self.eraseTyped())
        if count > 0 { el_deletestr(editor, Int32(count)) }
        let wide = wideString(text)
        defer { wide.deallocate() }
        el_winsertstr(editor, wide)
        cedit_refresh(editor)
    }

    /// What is typed so far, and how many of its scalars stand before the cursor.
    var typed: (text: [Unicode.Scalar], cursor: Int) {
        guard let editor = self.editor, let line = el_wline(editor)?.pointee, let buffer = line.buffer else { return ([], 0) }
        let count = max(0, line.lastchar - buffer)
        return (scalars(buffer, count), max(0, line.cursor - buffer))
    }

    private func eraseTyped() -> String {
        var size = winsize()
        let isKnown = ioctl(self.output, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let typed = self.typed
        let row = EditLayout.cursorRow(
            prompt: self.joiner.isContinuing ? self.configuration.continuation : self.configuration.prompt,
            text: typed.text, cursor: typed.cursor, width: isKnown ? Int(size.ws_col) : 80)
        let up = min(row, max(1, isKnown ? Int(size.ws_row) : 24) - 1)
        return "\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[J"
    }

    private func write(_ text: String) {
        if !text.isEmpty, !writeAll(text, to: self.output) { self.isEnded = true }
    }
}

/// A copy that ends with a zero, to be deallocated by the caller.
private func wideString(_ text: String) -> UnsafeMutablePointer<wchar_t> {
    let scalars = Array(text.unicodeScalars)
    let copy = UnsafeMutablePointer<wchar_t>.allocate(capacity: scalars.count + 1)
    for (index, scalar) in scalars.enumerated() { (copy + index).initialize(to: wchar_t(bitPattern: scalar.value)) }
    (copy + scalars.count).initialize(to: 0)
    return copy
}

private func scalars(_ text: UnsafePointer<wchar_t>, _ count: Int) -> [Unicode.Scalar] {
    UnsafeBufferPointer(start: text, count: count).map { Unicode.Scalar(UInt32(bitPattern: $0)) ?? "\u{FFFD}" }
}

private func enter(_ entry: String, into history: OpaquePointer?) {
    guard let history else { return }
    let wide = wideString(entry)
    defer { wide.deallocate() }
    cedit_history_enter(history, wide)
}
