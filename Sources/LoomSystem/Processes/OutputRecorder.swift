import Glibc

/// Keeps head and tail of an output in memory, and the whole of it in a file once it is longer than that.
struct OutputRecorder {
    private let spillPath: String?
    private let spillLimit: Int
    private var memory: HeadAndTail
    private var spill: SpillFile?
    private var spillFailure: FileError?

    init(limit: Int, spillPath: String?, spillLimit: Int) {
        self.spillPath = spillPath
        self.spillLimit = spillLimit
        memory = HeadAndTail(limit: limit)
    }

    mutating func record(_ bytes: [UInt8]) {
        do throws(FileError) {
            if spill == nil, spillFailure == nil, let spillPath, !memory.hasRoom(for: bytes.count) {
                let file = try SpillFile(spillPath, limit: spillLimit)
                spill = file
                try file.append(memory.whole)
            }
            try spill?.append(bytes)
        } catch {
            spillFailure = spillFailure ?? error
        }
        memory.append(bytes)
    }

    mutating func finish() -> CapturedOutput {
        do throws(FileError) {
            try spill?.close()
        } catch {
            spillFailure = spillFailure ?? error
        }
        var captured = memory.captured
        captured.spillPath = spill == nil ? nil : spillPath
        captured.spillFailure = spillFailure
        return captured
    }
}

/// The file of a spill; nothing is written to it after its first failure.
private final class SpillFile {
    private let path: String
    private let limit: Int
    private var descriptor: Descriptor
    private var size = 0
    private var isBroken = false

    init(_ path: String, limit: Int) throws(FileError) {
        self.path = path
        self.limit = limit
        // Readable by its owner alone: output may hold secrets.
        descriptor = try Descriptor(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
    }

    func append(_ bytes: [UInt8]) throws(FileError) {
        guard !isBroken else { return }
        let room = min(limit - size, bytes.count)
        isBroken = room < bytes.count
        do throws(FileError) {
            try descriptor.writeAll(Array(bytes[..<room]))
        } catch {
            isBroken = true
            throw error
        }
        size += room
        if isBroken { throw FileError(.tooLarge(limit: limit), path: path) }
    }

    func close() throws(FileError) {
        try descriptor.close()
    }
}
