import LoomKernel
import LoomRepository
import LoomSystem

// What the tool host gives back, as Lua code reads it: names with underscores, absent instead of null.

extension FileText {
    var json: JSON {
        [
            "path": .string(path), "text": .string(text), "first_line": .int(Int64(firstLine)), "line_count": .int(Int64(lineCount)),
            "total_lines": .int(Int64(totalLines)), "size": .int(Int64(size)), "encoding": .string(encoding),
            "line_ending": .string(lineEnding),
        ]
    }
}

extension FileWrite {
    var json: JSON {
        [
            "path": .string(path), "created": .bool(created), "bytes": .int(Int64(bytes)), "added": .int(Int64(added)),
            "removed": .int(Int64(removed)), "diff": .string(diff),
        ]
    }
}

extension FileEntry {
    var json: JSON {
        [
            "name": .string(name), "kind": .string(kind), "size": .int(Int64(size)), "modified": .string(modified.description),
        ]
    }
}

extension CommandResult {
    var json: JSON {
        var members: [String: JSON] = [
            "output": .string(output), "truncated": .bool(truncated), "seconds": .number(seconds), "timed_out": .bool(timedOut),
        ]
        members["status"] = status.map { .int(Int64($0)) }
        members["signal"] = signal.map { .int(Int64($0)) }
        members["output_file"] = outputFile.map { .string($0) }
        return .object(members)
    }
}

extension AgentSummary {
    var lua: JSON {
        var members: [String: JSON] = [
            "name": .string(name), "role": .string(role), "team": .string(team), "model": .string(model),
            "state": .string(state.rawValue), "queued": .int(Int64(queued)),
        ]
        members["activity"] = activity.map { .string($0) }
        return .object(members)
    }
}

extension TaskSummary {
    var lua: JSON {
        [
            "id": .string(id), "title": .string(title), "description": .string(description), "status": .string(status.rawValue),
            "agent": .string(assignee), "creator": .string(creator), "result": .string(result),
        ]
    }
}

extension JSON {
    /// A member that the table of the API has declared as a text.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
