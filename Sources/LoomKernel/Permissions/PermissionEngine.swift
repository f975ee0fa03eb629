import LoomRepository
import LoomSystem
import Synchronization

/// The one place where it is decided whether a call may touch something: for agents, plugins and protocols alike.
///
/// Order: a deny of any source, then what a person granted in this session, then ask, then allow, then the built-in
/// rules, then the preset.
package final class PermissionEngine: Sendable {
    private let state: Mutex<State>

    private struct State {
        var preset: TrustPreset
        /// From the configuration files.
        var rules: [PermissionRule]
        /// Given by a person during this session.
        var grants: [PermissionRule] = []
    }

    package struct Decision: Sendable, Hashable {
        package let verdict: Verdict
        package let rule: PermissionRule
    }

    /// What wants to be done, and by which plugin.
    package struct Request: Sendable, Hashable {
        package let tool: String
        package let access: Access

        package init(tool: String, _ access: Access) {
            self.tool = tool
            self.access = access
        }
    }

    package init(preset: TrustPreset, rules: [PermissionRule]) {
        self.state = Mutex(State(preset: preset, rules: rules))
    }

    package var preset: TrustPreset { self.state.withLock { $0.preset } }
    package var grants: [PermissionRule] { self.state.withLock { $0.grants } }
    package var rules: [PermissionRule] { self.state.withLock { $0.rules } }

    package func setPreset(_ preset: TrustPreset) { self.state.withLock { $0.preset = preset } }

    /// Both at once: new rules with the old preset may allow what neither configuration does.
    /// - Parameter preset: nil leaves it as it is.
    package func set(rules: [PermissionRule], preset: TrustPreset?) {
        self.state.withLock { state in
            state.rules = rules
            state.preset = preset ?? state.preset
        }
    }

    package func grant(_ rule: PermissionRule) {
        self.state.withLock { if !$0.grants.contains(rule) { $0.grants.append(rule) } }
    }

    /// False when there is no such grant.
    package func revoke(_ text: String) -> Bool {
        self.state.withLock { state in
            let before = state.grants.count
            state.grants.removeAll { $0.description == text }
            return state.grants.count < before
        }
    }

    package func decide(tool: String, _ access: Access) -> Decision {
        self.state.withLock { state in
            let matching = state.rules.filter { $0.matches(tool: tool, access) }
            func first(_ verdict: Verdict) -> PermissionRule? { matching.first { $0.verdict == verdict } }
            if let rule = first(.deny) { return Decision(verdict: .deny, rule: rule) }
            if let rule = state.grants.first(where: { $0.matches(tool: tool, access) }) { return Decision(verdict: .allow, rule: rule) }
            if let rule = first(.ask) { return Decision(verdict: .ask, rule: rule) }
            if let rule = first(.allow) { return Decision(verdict: .allow, rule: rule) }
            if let rule = BuiltInRules.all.first(where: { $0.matches(tool: tool, access) }) { return Decision(verdict: .allow, rule: rule) }
            return Decision(verdict: state.preset.verdict(access.kind), rule: state.preset.rule(access.kind))
        }
    }

    /// The rule that "always" would store: as narrow as is still of use. Nil for a command with a star in it, which no rule can mean
    /// without meaning more.
    package static func always(tool: String, _ access: Access) -> PermissionRule? {
        let pattern: String?
        switch access.kind {
        case .read, .write, .extend:
            let folder = access.target.split(separator: "/").dropLast().joined(separator: "/")
            // Without a slash it would mean files of that name anywhere.
            pattern = folder.isEmpty ? "./" + Glob.escaped(access.target) : Glob.escaped(folder) + "/**"
        case .execute:
            guard !access.target.contains("*") else { return nil }
            let words = access.target.split(separator: " ")
            // One word is a whole command; of several the first two say what it does ("git commit", "npm test").
            pattern =
                CommandPattern.isCompound(access.target) || words.count < 3 ? access.target : words.prefix(2).joined(separator: " ") + " *"
        case .network, .message, .control, .model: pattern = access.target
        case .spawn: pattern = nil
        }
        return PermissionRule(.allow, tool, pattern, origin: "this session")
    }
}
