/// The lines of a file of any size, read in pieces of 64 KB.
///
/// A line comes without its `\n`, but with a `\r` before it, so that the text can be put together again. A last line
/// without an end is a line; nothing follows a final `\n`. Errors end the iteration by being thrown from `next`.
package struct FileLines {
    private let file: any OpenFile
    private let maximumLength: Int
    private var offset: Int
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// Lines longer than `maximumLength` bytes come in several parts of that length.
    package init(_ file: any OpenFile, from offset: Int = 0, maximumLength: Int = 1 << 20) {
        self.file = file
        self.offset = offset
        self.maximumLength = max(1, maximumLength)
    }

    /// The next line, nil after the last.
    package mutating func next() throws(FileError) -> [UInt8]? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")), end - position <= maximumLength {
                defer { position = end + 1 }
                return Array(buffer[position..<end])
            }
            if buffer.count - position > maximumLength {
                defer { position += maximumLength }
                return Array(buffer[position..<position + maximumLength])
            }
            if isAtEnd {
                defer { position = buffer.count }
                return position < buffer.count ? Array(buffer[position...]) : nil
            }
            searched = buffer.count - position
            buffer.removeFirst(position)
            position = 0
            let piece = try file.read(at: offset, count: 1 << 16)
            offset += piece.count
            isAtEnd = piece.isEmpty
            buffer += piece
        }
    }
}

extension FileSystem {
    /// Calls the body for each line until it returns false.
    package func forEachLine(of path: String, _ body: (_ line: [UInt8]) -> Bool) throws(FileError) {
        var lines = FileLines(try open(path))
        while let line = try lines.next(), body(line) {}
    }
}
