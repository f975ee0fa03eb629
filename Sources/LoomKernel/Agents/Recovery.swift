import LoomSystem

/// What became of a call that was under way when the process died.
enum Recovery: Sendable, Hashable {
    /// It had no effect yet: it may simply be run.
    case runAgain
    case finished(ToolResult)

    /// `hashOf` gives the hash of a file as it is now, nil when there is none.
    static func judge(_ effects: [Effect], isReadOnly: Bool, hashOf: (String) -> String?) -> Recovery {
        if isReadOnly || effects.isEmpty { return .runAgain }
        var happened: [String] = []
        var open: [String] = []
        var isCertain = true
        for effect in effects {
            switch effect {
            case .write(let path, let before, let after, let summary):
                let now = hashOf(path)
                if now == after {
                    happened.append(summary)
                } else if now == before {
                    open.append("\(path) was not written")
                } else {
                    open.append("\(path) has been changed by someone else since")
                }
            case .stored(let summary):
                happened.append(summary)
            case .process(let command):
                isCertain = false
                open.append("«\(command)» had been started and was stopped; how far it got is not known")
            case .request(let summary):
                isCertain = false
                open.append("the request \(summary) had been begun; whether it arrived is not known")
            }
        }
        if happened.isEmpty, isCertain, effects.count == 1, case .write(_, _, _, _) = effects[0], open[0].hasSuffix("not written") {
            return .runAgain
        }
        if open.isEmpty {
            return .finished(ToolResult("\(happened.joined(separator: "; ")) (confirmed after a restart)."))
        }
        let done = happened.isEmpty ? "" : " Done: \(happened.joined(separator: "; "))."
        return .finished(
            ToolResult(
                "This call was interrupted by a restart: \(open.joined(separator: "; ")).\(done) Check, then decide.",
                status: .interrupted))
    }
}
