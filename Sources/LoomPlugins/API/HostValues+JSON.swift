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
            "name": .string(name), "kind": .string(kind == .symlink ? "link" : kind.rawValue), "size": .int(Int64(size)), "modified": .string(modified.description),
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
    /// In mode `content` matches with the lines around them, in the other modes files.
    func json(_ query: ContentQuery) -> JSON {
        var table: JSON = ["truncated": .bool(isTruncated)]
        if query.mode == .content {
            table["matches"] = .array(files.flatMap { $0.matches(context: query.context) })
        } else {
            table["files"] = .array(files.map { ["path": .string($0.path), "count": .int(Int64($0.matchCount))] })
        }
        return table
    }
}

extension ContentMatches.File {
    /// Each match with the lines around it; a line between two matches is told once.
    fileprivate func matches(context: Int) -> [JSON] {
        var matches: [JSON] = []
        var told = 0
        for (index, line) in lines.enumerated() where line.isMatch {
            let before = lines[..<index].reversed().prefix { !$0.isMatch && $0.number > max(told, line.number - context - 1) }
            let after = lines[(index + 1)...].prefix { !$0.isMatch && $0.number <= line.number + context }
            told = after.last?.number ?? line.number
            matches.append([
                "path": .string(path), "line": .int(Int64(line.number)), "text": .string(line.text),
                "before": .array(before.reversed().map { .string($0.text) }), "after": .array(after.map { .string($0.text) }),
            ])
        }
        return matches
    }
}

extension ContentQuery {
    /// From the table that `loom.fs.search` declares.
    init(table: JSON) {
        let letterCase: LetterCase =
            switch table["case"]?.boolValue {
            case true?: .sensitive
            case false?: .insensitive
            case nil: .smart
            }
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
            command, timeout: table["timeout"]?.doubleValue.map { .seconds($0) }, workingDirectory: table["cwd"]?.stringValue,
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
