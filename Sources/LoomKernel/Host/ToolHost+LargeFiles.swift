import LoomSystem

extension ToolHost {
    /// Lines of a file that is too large to be held whole: it is read once, for the lines and for the hash.
    func readStretch(_ relative: String, offset: Int?, limit: Int?, size: Int) throws(ToolError) -> (text: FileText, hash: String) {
        guard offset != nil || limit != nil else {
            throw ToolError("\(relative) has \(size) bytes, too many to read whole. Give offset and limit (in lines), or search in it.")
        }
        let first = max(1, offset ?? 1)
        let wanted = min(max(0, limit ?? 2_000), 20_000)
        var chosen: [UInt8] = []
        var hash = Hash.Stream()
        var line = 1
        do {
            let file = try self.services.ports.files.open(self.absolute(relative))
            var position = 0
            var last: UInt8?
            while true {
                let block = try file.read(at: position, count: 1 << 20)
                if block.isEmpty { break }
                position += block.count
                last = block.last
                hash.update(block)
                Self.take(block, from: first, count: wanted, &line, &chosen)
            }
            // A final line break ends the last line; it does not begin another.
            if last == UInt8(ascii: "\n") { line -= 1 }
        } catch {
            throw ToolError(error.description)
        }
        guard let decoded = DecodedText(chosen) else { throw ToolError("\(relative) is binary (\(size) bytes), not text.") }
        let text = LineEnding.lf.applied(to: decoded.text)
        let total = line
        let count = text.isEmpty ? 0 : min(wanted, max(0, total - first + 1))
        return (
            FileText(
                path: relative, text: text, firstLine: first, lineCount: count, totalLines: total, size: size, encoding: decoded.encoding,
                lineEnding: decoded.lineEnding), hash.finish()
        )
    }

    /// Adds the bytes of the wanted lines; `line` is the number of the line the next byte belongs to.
    private static func take(_ block: [UInt8], from first: Int, count: Int, _ line: inout Int, _ chosen: inout [UInt8]) {
        var start = 0
        while start < block.count {
            let end = block[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? block.count
            if line >= first, line - first < count, chosen.count < Self.wholeFileLimit { chosen += block[start..<end] }
            if block[end - 1] == UInt8(ascii: "\n") { line += 1 }
            start = end
        }
    }
}
