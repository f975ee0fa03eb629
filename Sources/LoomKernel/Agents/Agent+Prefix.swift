import LoomRepository
import LoomSystem

/// What stands before the conversation: the role's prompt and its tools, and when they may change.
extension Agent {
    /// The role as its file says now; the last one when the file is gone.
    var role: Role? { self.services.catalog.role(self.identity.role) ?? self.machine.prefix?.role }

    /// What the files give this agent now. Where they give nothing any more, it keeps what it has, and people hear of it once.
    func currentPrefix(_ rules: String) async throws(PromptError) -> Prefix {
        let (catalog, name) = (self.services.catalog, self.identity.name)
        guard let role = self.role else {
            throw PromptError("The role «\(self.identity.role)» of \(name) is not there any more.")
        }
        let context = PromptContext(
            agent: name, role: role.name, team: self.identity.team, project: self.services.directory, rules: rules)
        var missing = catalog.role(role.name) == nil ? "The role \(role.name) is gone" : nil
        let prefix: Prefix
        do throws(PromptError) {
            prefix = try await Prefix.now(role, context, catalog)
        } catch {
            guard let last = self.machine.prefix?.prompt else { throw error }
            missing = missing ?? "The prompt of the role \(role.name) cannot be used (\(error))"
            prefix = Prefix(role: role, prompt: last, tools: Prefix.tools(of: role, catalog))
        }
        await self.complain(missing.map { "\($0); \(name) goes on with the last one it had." })
        return prefix
    }

    private func complain(_ text: String?) async {
        defer { self.complaint = text }
        guard let text, text != self.complaint else { return }
        await self.note(text)
    }

    /// Whether the vendor has nothing of this agent's prompt, or has to read it again in any case: then the list of tools changes too.
    func isCacheBroken(_ now: Prefix, _ choice: Choice) -> Bool {
        guard let last = self.machine.prefix, let askedAt, !choice.isNewWindow, !choice.wantsNewList else { return true }
        return last.prompt.text != now.prompt.text
            || self.services.ports.clock.now - askedAt > .seconds(self.services.configuration.cacheSeconds)
    }

    /// Whether something left the window that was sent before. What is cut in the tail never was.
    static func isCacheBroken(_ before: ContextWindow.Departed, _ after: ContextWindow.Departed) -> Bool {
        before.turns != after.turns || after.results.contains { $0.value == 0 && before.results[$0.key] != 0 }
    }

    /// What is sent: in a cache that holds, the tools stay as they were.
    func prefix(_ now: Prefix, isBroken: Bool) -> Prefix {
        var prefix = now
        if !isBroken, let last = self.machine.prefix { prefix.tools = last.tools }
        return prefix
    }

    /// A tool of the list as it was sent that calls others by their names.
    var door: String? {
        self.machine.prefix?.tools.lazy.map(\.name).first { self.services.catalog.tool($0)?.isForwarder ?? false }
    }

    /// A tool that this agent may call now.
    func tool(_ name: String) throws(ToolError) -> any Tool {
        let names = self.role?.tools ?? []
        let isListed =
            self.machine.knownTools.contains { $0.name == name } || self.machine.prefix?.tools.contains { $0.name == name } ?? false
        guard let tool = self.services.catalog.tool(name) else {
            if isListed { throw ToolError("The tool \(name) is gone: it was removed while you work. Do without it.", code: "gone") }
            guard !names.contains(name) else { throw ToolError("The tool \(name) is not there: its file does not load. Do without it.") }
            let hint =
                nearestWord(to: name, in: names).map { " Did you mean \($0)?" }
                ?? (names.isEmpty ? "" : " Tools: \(names.sorted().prefix(40).joined(separator: ", ")).")
            throw ToolError("There is no tool «\(name)».\(hint)")
        }
        guard names.contains(name) else {
            let role = self.identity.role
            if isListed {
                throw ToolError("The tool \(name) is gone: the role \(role) has it no more. Do without it.", status: .denied, code: "gone")
            }
            throw ToolError("The role \(role) may not use \(name). Ask a teammate whose role has it, by peer_message.", status: .denied)
        }
        return tool
    }

    /// Whether a call may run beside others: what it passes on decides, where it passes something on.
    func isParallel(_ call: ToolCall) async -> Bool {
        let target = try? await ToolExecution(agent: self, call: call, cause: nil).target()
        return target?.tool.isParallel ?? false
    }

    // MARK: What a reload means for the vendor's cache

    /// Tokens of this agent's prompt that the vendor's cache keeps and loses by a plugin's reload; nil when it is none of this agent's.
    func cached(after report: PluginReported) async -> (kept: Int, lost: Int)? {
        let cached = self.machine.usage.cacheRead + self.machine.usage.cacheWrite
        guard let last = self.machine.prefix, let role = self.role, cached > 0 else { return nil }
        switch report.kind {
        case "tool":
            let isMine = last.tools.contains { $0.name == report.plugin } || role.tools.contains(report.plugin)
            return isMine ? (cached, 0) : nil
        case "role" where report.plugin == role.name, "prompt" where last.prompt.parts.contains { $0.name == report.plugin }:
            let rules = self.services.rules.excerpt(self.context.budget).text
            let context = PromptContext(
                agent: self.identity.name, role: role.name, team: self.identity.team, project: self.services.directory, rules: rules)
            let now = try? await self.services.catalog.prompt(for: role, context)
            guard let now, now.text != last.prompt.text else { return (cached, 0) }
            // Tools stand before the prompt.
            let kept = min(cached, last.tools == Prefix.tools(of: role, self.services.catalog) ? self.context[.tools] : 0)
            return (kept, cached - kept)
        default:
            return nil
        }
    }

    /// The next call sends the tools as they are now. Gives back the cached tokens that this loses; nil when the list is up to date.
    func renewList() -> Int? {
        guard let last = self.machine.prefix, let role = self.role, last.tools != Prefix.tools(of: role, self.services.catalog) else {
            return nil
        }
        self.choice.wantsNewList = true
        return self.machine.usage.cacheRead + self.machine.usage.cacheWrite
    }
}
