import LoomKernel
import LoomSystem

/// A role's prompt and tools with what each part costs, in estimated tokens.
struct PromptReport: Encodable {
    struct Part: Encodable {
        let name: String
        let tokens: Int
    }

    struct Tool: Encodable {
        let name: String
        let description: String
        let parameters: JSON
        let tokens: Int
    }

    let role: String
    let agent: String
    let system: String
    /// Each prompt file's share, and the project's rules.
    let parts: [Part]
    let tools: [Tool]
    let systemTokens: Int
    let toolTokens: Int
    let tokens: Int
    /// What the role's model takes.
    let window: Int
    /// `provider:model` that the tokens are estimated for, and how many of its replies the estimate was learned from.
    let model: String?
    let learnedFrom: Int
    enum CodingKeys: String, CodingKey {
        case role, agent, system, parts, tools, tokens, window, model
        case systemTokens = "system_tokens"
        case toolTokens = "tool_tokens"
        case learnedFrom = "learned_from"
    }

    init(_ prefix: Prefix, agent: String, window: Int, model: ModelName?, _ estimate: TokenEstimate) {
        self.role = prefix.role.name
        self.agent = agent
        self.system = prefix.prompt.text
        let system = estimate.tokens(prefix.prompt.text)
        self.systemTokens = system
        func share(_ bytes: Int) -> Int { system * bytes / max(1, prefix.prompt.text.utf8.count) }
        self.parts =
            prefix.prompt.parts.map { Part(name: "prompts/\($0.name).md", tokens: share($0.bytes)) }
            + (prefix.prompt.rules > 0 ? [Part(name: "the project's rules", tokens: share(prefix.prompt.rules))] : [])
        self.tools = prefix.tools.map {
            Tool(name: $0.name, description: $0.description, parameters: $0.parameters, tokens: estimate.tokens($0))
        }
        self.toolTokens = self.tools.reduce(0) { $0 + $1.tokens }
        self.tokens = self.systemTokens + self.toolTokens
        self.window = window
        self.model = model?.description
        self.learnedFrom = estimate.replies
    }

    var text: String {
        var lines = [self.system, "--- tools ---", ""]
        for tool in self.tools { lines += ["\(tool.name): \(tool.description)", tool.parameters.text(pretty: true), ""] }
        lines += ["--- tokens, \(self.source) ---", "", Self.row(self.systemTokens, "system prompt")]
        lines += self.parts.map { "  " + Self.row($0.tokens, $0.name) }
        lines.append(Self.row(self.toolTokens, "tools"))
        lines += self.tools.map { "  " + Self.row($0.tokens, $0.name) }
        lines.append(Self.row(self.tokens, "in all, of a window of \(self.window)"))
        return lines.joined(separator: "\n")
    }

    private var source: String {
        guard let model, self.learnedFrom > 0 else { return "estimated" }
        return "as learned from \(self.learnedFrom) \(self.learnedFrom == 1 ? "reply" : "replies") of \(model)"
    }

    private static func row(_ tokens: Int, _ what: String) -> String {
        let number = String(tokens)
        return String(repeating: " ", count: max(0, 7 - number.count)) + number + "  " + what
    }
}
