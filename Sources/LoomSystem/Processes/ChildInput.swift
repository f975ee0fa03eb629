import Glibc

/// The pipe to a child's standard input and what is still to go into it.
struct ChildInput: ~Copyable {
    private struct Piece {
        let bytes: [UInt8]
        var written = 0
        let done: OneShot<Bool>?
    }

    private(set) var descriptor: Int32
    private var pieces: [Piece] = []
    private var closesWhenWritten: Bool

    init(descriptor: Int32, bytes: [UInt8], closesWhenWritten: Bool) {
        self.descriptor = descriptor
        self.closesWhenWritten = closesWhenWritten
        if !bytes.isEmpty { pieces = [Piece(bytes: bytes, done: nil)] }
    }

    deinit {
        for piece in pieces { piece.done?.fulfil(false) }
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    var hasPending: Bool { descriptor >= 0 && !pieces.isEmpty }

    mutating func enqueue(_ bytes: [UInt8], done: OneShot<Bool>) {
        if descriptor < 0 || closesWhenWritten { return done.fulfil(false) }
        pieces.append(Piece(bytes: bytes, done: done))
    }

    mutating func closeWhenWritten() { closesWhenWritten = true }

    mutating func writePending() {
        while descriptor >= 0, let piece = pieces.first {
            if piece.written == piece.bytes.count {
                piece.done?.fulfil(true)
                pieces.removeFirst()
                continue
            }
            let count = piece.bytes.withUnsafeBytes { bytes in
                Glibc.write(descriptor, bytes.baseAddress?.advanced(by: piece.written), bytes.count - piece.written)
            }
            if count >= 0 {
                pieces[0].written += count
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // EPIPE: the child does not read any more, which is its right; `head` does so.
                close()
            }
        }
        if closesWhenWritten { close() }
    }

    mutating func close() {
        for piece in pieces { piece.done?.fulfil(false) }
        pieces = []
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}
