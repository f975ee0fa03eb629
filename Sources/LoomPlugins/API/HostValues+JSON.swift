import LoomKernel
import LoomRepository
import LoomSystem

// What the tool host gives back, as Lua code reads it: names with underscores, absent instead of null.

extension FileText {
    var json: JSON {
        [
            "path": .string(path), "text": .string(text), "first_line": .int(Int64(firstLine)), "line_count": .int(Int64(lineCount)),
            "total_lines": .int(Int64(totalLines)), "size": .int(Int64(size)), "encoding": .string(encoding.rawValue),
            "line_ending": .string(lineEnding.rawValue),
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
            "name": .string(name), "kind": .string(kind == .symlink ? "link" : kind.rawValue), "size": .int(Int64(size)),
            "modified": .string(modified.description),
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

extension InboxItem {
    var lua: JSON {
        [
            "id": .string(id.description), "from": .string(from), "kind": .string(kind.rawValue), "urgent": .bool(priority == .urgent),
            "text": .string(text), "time": .string(time.description),
        ]
    }
}

extension TaskSummary {
    var lua: JSON {
        [
            "id": .string(id), "title": .string(title), "description": .string(description), "status": .string(status.rawValue),
            "assignee": .string(assignee), "creator": .string(creator), "result": .string(result),
        ]
    }
}

extension FileSearch.Result {
    var json: JSON {
        ["files": .array(files.map { .string($0.path) }), "total": .int(Int64(files.count + omitted))]
    }
}

extension ContentMatches {
    /// Files with their lines; in the modes `files` and `count` the lists of lines are empty.
    var json: JSON {
        [
            "truncated": .bool(isTruncated),
            "files": .array(
                files.map { file in
                    [
                        "path": .string(file.path), "match_count": .int(Int64(file.matchCount)),
                        "lines": .array(
                            file.lines.map {
                                ["number": .int(Int64($0.number)), "text": .string($0.text), "is_match": .bool($0.isMatch)]
                            }),
                    ]
                }),
        ]
    }
}

extension ContentQuery {
    /// From the table that `loom.fs.search` declares.
    init(table: JSON) {
        let letterCase = LetterCase(rawValue: table.text("case")) ?? .smart
        self.init(
            table.text("pattern"), isLiteral: table["literal"]?.boolValue ?? false, path: table.text("path"),
            glob: table["glob"]?.stringValue, letterCase: letterCase, context: table["context"]?.intValue ?? 0,
            mode: Mode(rawValue: table.text("mode")) ?? .content, limit: table["limit"]?.intValue ?? 100)
    }
}

extension CommandRequest {
    /// From the table that `loom.process.run` declares.
    init(table: JSON) throws(ToolError) {
        let command: ProcessSpec.Command
        let words = table["arguments"]?.arrayValue?.compactMap(\.stringValue) ?? []
        switch (table["command"]?.stringValue, words.first) {
        case (let line?, nil): command = .shell(line)
        case (nil, let program?): command = .program(program, arguments: Array(words.dropFirst()))
        default: throw ToolError("loom.process.run takes either command or arguments.")
        }
        var environment: [String: String] = [:]
        for (name, value) in table["env"]?.members ?? [:] { environment[name] = value.stringValue ?? value.text() }
        self.init(
            command, timeout: table["timeout"]?.doubleValue.map { .bounded(seconds: $0) }, workingDirectory: table["cwd"]?.stringValue,
            environment: environment)
    }
}

extension SpawnRequest {
    /// From the table that `loom.team.spawn` declares.
    init(table: JSON) {
        let members = table["members"]?.arrayValue ?? []
        self.init(
            teamName: table["team_name"]?.stringValue, purpose: table.text("purpose"),
            members: members.map {
                Member(name: $0["name"]?.stringValue, role: $0.text("role"), model: $0["model"]?.stringValue)
            })
    }
}

extension JSON {
    /// A member that the table of the API has declared as a text.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
