import LoomSystem

extension Configuration {
    /// Puts layers together; a later one wins. Lists of rules add up.
    package init(layers: [ConfigurationLayer]) throws(ConfigurationError) {
        self.init()
        var ignored: [String] = []
        // Where each endpoint is spoken of first.
        var places: [String: String] = [:]
        for layer in layers {
            for entry in layer.entries {
                if !layer.isRestricted, let name = Self.endpoint(of: entry.key) { places[name] = places[name] ?? entry.origin }
                if Self.isSection(entry) { continue }
                if try self.apply(entry, isRestricted: layer.isRestricted) {
                    // A command may hold a secret, and plugins read what stands here.
                    if !entry.key.hasSuffix(".key_command") { self.values[entry.key] = entry.value }
                    self.origins[entry.key] = entry.origin
                } else {
                    ignored.append(entry.key)
                }
            }
        }
        // Only now: one file may complete what another begins.
        for (name, origin) in places.sorted(by: { $0.key < $1.key }) where (self.endpoints[name]?.url ?? "").isEmpty {
            throw ConfigurationError("\(origin): the endpoint «\(name)» has no url. Add one, such as url = \"http://127.0.0.1:8080/v1\".")
        }
        if !ignored.isEmpty {
            self.notices.append(
                "This project is not trusted, so these of its settings do not count: \(ignored.joined(separator: ", ")). See «loomkin trust»."
            )
        }
    }

    /// False when the key may not be set by this layer.
    private mutating func apply(_ entry: ConfigurationLayer.Entry, isRestricted: Bool) throws(ConfigurationError) -> Bool {
        if let key = ConfigurationKey.all.first(where: { $0.name == entry.key }) {
            try self.check(entry, key)
            if isRestricted && !key.isHarmless { return false }
            if let problem = key.apply(&self, entry.value, entry.origin) {
                throw ConfigurationError("\(entry.origin): \(entry.key) = \(entry.value.text()) cannot be used: \(problem).")
            }
            return true
        }
        if entry.key.hasPrefix(Self.fallback) {
            let model = String(entry.key.dropFirst(Self.fallback.count))
            let names = entry.value.arrayValue?.compactMap(\.stringValue) ?? []
            guard !names.isEmpty, names.count == entry.value.arrayValue?.count, ([model] + names).allSatisfy({ ModelName($0) != nil })
            else {
                throw ConfigurationError(
                    "\(entry.origin): \(entry.key) must be a list of models, written \"PROVIDER:MODEL\" = [\"PROVIDER:MODEL\"].")
            }
            if isRestricted { return false }
            self.fallbacks[model] = names
            return true
        }
        let path = entry.key.split(separator: ".").map(String.init)
        if path.first == "provider", try self.applyProvider(path, entry, isRestricted) { return !isRestricted }
        throw self.unknown(entry)
    }

    private func check(_ entry: ConfigurationLayer.Entry, _ key: ConfigurationKey) throws(ConfigurationError) {
        let fits =
            switch key.type {
            case .string: entry.value.stringValue != nil
            case .integer: entry.value.intValue != nil
            case .number: entry.value.doubleValue != nil
            case .strings: entry.value.arrayValue?.allSatisfy { $0.stringValue != nil } ?? false
            }
        guard fits else {
            throw ConfigurationError("\(entry.origin): \(entry.key) must be \(key.type.rawValue), not \(entry.value.text()).")
        }
    }

    /// `provider.NAME.…` and `provider.endpoints.NAME.…`. False when it is none of these.
    private mutating func applyProvider(
        _ path: [String], _ entry: ConfigurationLayer.Entry, _ isRestricted: Bool
    ) throws(ConfigurationError) -> Bool {
        guard path.count >= 3 else { return false }
        let isEndpoint = path[1] == "endpoints"
        if !isEndpoint, path.count == 3, let limit = Self.rateLimits[path[2]] {
            guard let count = entry.value.intValue, (1...ConfigurationKey.largest).contains(count) else {
                throw ConfigurationError(
                    "\(entry.origin): \(entry.key) must be a whole number from 1 to \(ConfigurationKey.largest), not \(entry.value.text())."
                )
            }
            if !isRestricted { self.providers[path[1], default: ProviderSettings()].limits[keyPath: limit] = count }
            return true
        }
        // What is no key at all is told as that, whatever its value.
        let isKnown = isEndpoint ? Self.endpointKeys[path[path.count - 1]] != nil : Self.providerKeys[path[path.count - 1]] != nil
        guard isKnown, path.count == (isEndpoint ? 4 : 3) else { return false }
        guard let text = entry.value.stringValue else {
            throw ConfigurationError("\(entry.origin): \(entry.key) must be a string, not \(entry.value.text()).")
        }
        if path.last == "key_file", !text.hasPrefix("/"), !text.hasPrefix("~/") {
            throw ConfigurationError("\(entry.origin): \(entry.key) must begin with / or ~/, for it counts in every folder.")
        }
        if isEndpoint {
            guard let field = Self.endpointKeys[path[3]] else { return false }
            if path[3] == "url", !text.hasPrefix("http://"), !text.hasPrefix("https://") {
                throw ConfigurationError("\(entry.origin): \(entry.key) must begin with http:// or https://.")
            }
            if isRestricted { return true }
            field(&self.endpoints[path[2], default: EndpointSettings(url: "")], text)
        } else {
            guard let field = Self.providerKeys[path[2]] else { return false }
            if isRestricted { return true }
            self.providers[path[1], default: ProviderSettings()][keyPath: field] = text
        }
        return true
    }

    private static let fallback = "model.fallback."

    private static let rateLimits: [String: any WritableKeyPath<RateLimits, Int?> & Sendable] = [
        "requests_per_minute": \.requestsPerMinute, "tokens_per_minute": \.tokensPerMinute, "concurrent": \.concurrent,
    ]

    private func unknown(_ entry: ConfigurationLayer.Entry) -> ConfigurationError {
        if entry.value == .object([:]) {
            let nearest = nearestWord(to: entry.key, in: Self.sections).map { "The nearest known section is \($0)." }
            let sections = "Sections: \(Self.sections.sorted().joined(separator: ", "))."
            return ConfigurationError("\(entry.origin): there is no section «\(entry.key)». \(nearest ?? sections)")
        }
        let known = ConfigurationKey.all.map(\.name) + Self.known(near: entry.key)
        let nearest = Self.limit(of: entry.key) ?? nearestWord(to: entry.key, in: known) ?? Self.sameSection(entry.key, known)
        let hint = nearest.map { "The nearest known key is \($0)." } ?? "See docs/configuration.md for the keys."
        return ConfigurationError("\(entry.origin): there is no setting «\(entry.key)». \(hint)")
    }

    /// Every section but those with a name of the user's in it.
    private static let sections: Set<String> = {
        let sections = ConfigurationKey.all.map { String($0.name.prefix(while: { $0 != "." })) }
        return Set(sections + ["model.fallback", "provider", "provider.endpoints"])
    }()

    /// A section that exists and in which nothing is set.
    private static func isSection(_ entry: ConfigurationLayer.Entry) -> Bool {
        guard entry.value == .object([:]) else { return false }
        let path = entry.key.split(separator: ".")
        let isNamed = path.first == "provider" && (path.count == 2 || path.count == 3 && path[1] == "endpoints")
        return isNamed || self.sections.contains(entry.key)
    }

    /// The name of the endpoint that a key belongs to.
    private static func endpoint(of key: String) -> String? {
        let path = key.split(separator: ".")
        return path.count > 2 && path[0] == "provider" && path[1] == "endpoints" ? String(path[2]) : nil
    }

    private static let endpointKeys: [String: @Sendable (inout EndpointSettings, String) -> Void] = [
        "url": { $0.url = $1 }, "key_env": { $0.keyEnv = $1 }, "key_file": { $0.keyFile = $1 }, "key_command": { $0.keyCommand = $1 },
        "dialect": { $0.dialect = $1 },
    ]
    private static let providerKeys: [String: any WritableKeyPath<ProviderSettings, String?> & Sendable] = [
        "base_url": \.baseURL, "key_env": \.keyEnv, "key_file": \.keyFile, "key_command": \.keyCommand, "client_id": \.clientID,
    ]

    /// The keys that have a name of the user's in the middle, with the name that stands in this one.
    private static func known(near key: String) -> [String] {
        let keys = (Array(self.providerKeys.keys) + self.rateLimits.keys).sorted()
        let path = key.split(separator: ".").map(String.init)
        guard path.first == "provider", path.count > 2 else { return keys.map { "provider.NAME.\($0)" } }
        if path[1] == "endpoints", path.count > 3 {
            return self.endpointKeys.keys.sorted().map { "provider.endpoints.\(path[2]).\($0)" }
        }
        return keys.map { "provider.\(path[1]).\($0)" }
    }

    /// How often an endpoint is asked stands where it does for the providers.
    private static func limit(of key: String) -> String? {
        let path = key.split(separator: ".").map(String.init)
        guard path.count == 4, path[0] == "provider", path[1] == "endpoints", self.rateLimits[path[3]] != nil else { return nil }
        return "provider.\(path[2]).\(path[3])"
    }

    /// A word that is far as a whole may be near in its last part.
    private static func sameSection(_ key: String, _ known: [String]) -> String? {
        guard let dot = key.firstIndex(of: ".") else { return nil }
        let section = known.filter { $0.hasPrefix(key[...dot]) }
        let lasts = Dictionary(section.map { (String($0[$0.index(after: dot)...]), $0) }, uniquingKeysWith: { first, _ in first })
        return nearestWord(to: String(key[key.index(after: dot)...]), in: lasts.keys.sorted()).flatMap { lasts[$0] }
    }
}
