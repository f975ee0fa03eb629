/// The names that rules, models and endpoints may use, once plugins have said what there is.
package struct KnownNames: Sendable, Hashable {
    /// What agents call.
    package var tools: Set<String>
    /// Other plugins that touch things in their own name.
    package var actors: Set<String>
    package var providers: Set<String>
    /// What the plugins of providers speak; nil while one of them does not load, for it may speak any.
    package var dialects: Set<String>?

    package init(tools: Set<String>, actors: Set<String>, providers: Set<String>, dialects: Set<String>?) {
        self.tools = tools
        self.actors = actors
        self.providers = providers
        self.dialects = dialects
    }
}

extension Configuration {
    /// A sentence for each name in the settings that nobody has. Plugins bring names, and other projects have other plugins, so it is a
    /// warning and no error.
    package func strangers(to known: KnownNames) -> [String] {
        self.strangeRules(known) + self.strangeDialects(known) + self.strangeProviders(known)
    }

    private func strangeRules(_ known: KnownNames) -> [String] {
        let kinds = Access.Kind.allCases.map(\.rawValue)
        let subjects = known.tools.union(kinds).union(["*"])
        let actors = known.actors.union([PermissionRule.ofPlugins])
        return self.rules.filter { !subjects.contains($0.subject) && !actors.contains($0.subject) }.map { rule in
            let nearest = nearestWord(to: rule.subject, in: subjects)
            let hint = nearest.map { "Did you mean \($0)?" } ?? "See «loomkin tools» and docs/permissions.md."
            return "\(rule.origin): the rule «\(rule)» never matches, for there is no tool or access «\(rule.subject)». \(hint)"
        }
    }

    private func strangeDialects(_ known: KnownNames) -> [String] {
        guard let dialects = known.dialects else { return [] }
        return self.endpoints.sorted { $0.key < $1.key }.filter { !dialects.contains($0.value.dialect) }.map { name, endpoint in
            let place = self.origins["provider.endpoints.\(name).dialect"].map { "\($0): " } ?? ""
            let hint =
                nearestWord(to: endpoint.dialect, in: dialects).map { "Did you mean \($0)?" }
                ?? "Dialects: \(dialects.sorted().joined(separator: ", "))."
            return "\(place)no plugin speaks the dialect «\(endpoint.dialect)», so the endpoint «\(name)» cannot be used. \(hint)"
        }
    }

    private func strangeProviders(_ known: KnownNames) -> [String] {
        let providers = known.providers.union(self.endpoints.keys)
        return self.origins.sorted { $0.key < $1.key }.flatMap { key, origin in
            Set(self.providers(of: key)).subtracting(providers).sorted().map { name in
                let hint = nearestWord(to: name, in: providers).map { "Did you mean \($0)?" } ?? "See «loomkin providers»."
                let effect = key.hasPrefix("provider.") ? "\(key) has no effect" : "its models in \(key) cannot be used"
                return "\(origin): there is no provider «\(name)», so \(effect). \(hint)"
            }
        }
    }

    /// The providers that a setting names. The default model's is not among them: without it nothing begins.
    private func providers(of key: String) -> [String] {
        let path = key.split(separator: ".")
        if path.first == "provider" { return path.count == 3 && path[1] != "endpoints" ? [String(path[1])] : [] }
        let fallback = "model.fallback."
        let names: [String] =
            switch key {
            case "model.fast": [self.models["fast"] ?? ""]
            case "model.strong": [self.models["strong"] ?? ""]
            case "model.escalation": self.escalation
            case let key where key.hasPrefix(fallback):
                [String(key.dropFirst(fallback.count))] + self.fallbacks[String(key.dropFirst(fallback.count)), default: []]
            default: []
            }
        return names.compactMap { ModelName($0)?.provider }.filter { $0 != "replay" }
    }
}
