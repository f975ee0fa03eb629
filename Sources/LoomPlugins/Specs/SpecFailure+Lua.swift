import LoomLua

extension SpecFailure {
    /// From the error that ended a case, seen from the case: its own line where it has one, else the innermost line known.
    init(_ error: LuaError, in spec: SpecFile, names: ChunkNames) {
        self.init(path: spec.path, line: nil, message: error.message, wanted: nil, got: nil)
        switch error.kind {
        case .deadline: message = "it did not end within \(SpecRunner.deadline.components.seconds) s and was stopped"
        case .memory: message = "it needed more memory than a plugin may have"
        default: break
        }
        if let table = error.value?.table, let text = table["message"].string {
            message = text
            wanted = table["wanted"].string
            got = table["got"].string
            place(names.restore(table["place"].string ?? ""))
        } else if let found = LuaFault.place(in: names.restore(message)) {
            (path, line, message) = (found.path, found.line, found.rest)
        }
        if line == nil, let traceback = error.traceback.map(names.restore) {
            place(traceback.split(separator: "\n").first { $0.contains(spec.path + ":") }.map(String.init) ?? "")
        }
        message = names.restore(message)
    }

    /// Takes the line from `path:line:` somewhere in a text.
    private mutating func place(_ text: String) {
        guard let range = text.firstRange(of: path + ":") else { return }
        line = Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
