import LoomSystem

extension Configuration {
    /// Puts layers together; a later one wins. Lists of rules add up.
    package init(layers: [ConfigurationLayer]) throws(ConfigurationError) {
        self.init()
        var ignored: [String] = []
        for layer in layers {
            for entry in layer.entries {
                if try self.apply(entry, isRestricted: layer.isRestricted) {
                    // A command may hold a secret, and plugins read what stands here.
                    if !entry.key.hasSuffix(".key_command") { self.values[entry.key] = entry.value }
                    self.origins[entry.key] = entry.origin
                } else {
                    ignored.append(entry.key)
                }
            }
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
        if path.count == 3, let limit = Self.rateLimits[path[2]] {
            guard let count = entry.value.intValue, count > 0 else {
                throw ConfigurationError("\(entry.origin): \(entry.key) must be a whole number above zero, not \(entry.value.text()).")
            }
            if !isRestricted { self.providers[path[1], default: ProviderSettings()].limits[keyPath: limit] = count }
            return true
        }
        guard let text = entry.value.stringValue else {
            throw ConfigurationError("\(entry.origin): \(entry.key) must be a string, not \(entry.value.text()).")
        }
        if path.last == "key_file", !text.hasPrefix("/"), !text.hasPrefix("~/") {
            throw ConfigurationError("\(entry.origin): \(entry.key) must begin with / or ~/, for it counts in every folder.")
        }
        if path[1] == "endpoints" {
            guard path.count == 4, Self.endpointKeys.contains(path[3]) else { return false }
            if path[3] == "url", !text.hasPrefix("http://"), !text.hasPrefix("https://") {
                throw ConfigurationError("\(entry.origin): \(entry.key) must begin with http:// or https://.")
            }
            if isRestricted { return true }
            var endpoint = self.endpoints[path[2]] ?? EndpointSettings(url: "")
            switch path[3] {
            case "url": endpoint.url = text
            case "key_env": endpoint.keyEnv = text
            case "key_file": endpoint.keyFile = text
            case "key_command": endpoint.keyCommand = text
            default: endpoint.dialect = text
            }
            self.endpoints[path[2]] = endpoint
        } else {
            guard path.count == 3, Self.providerKeys.contains(path[2]) else { return false }
            if isRestricted { return true }
            var provider = self.providers[path[1]] ?? ProviderSettings()
            switch path[2] {
            case "base_url": provider.baseURL = text
            case "key_file": provider.keyFile = text
            case "key_command": provider.keyCommand = text
            case "client_id": provider.clientID = text
            default: provider.keyEnv = text
            }
            self.providers[path[1]] = provider
        }
        return true
    }

    private static let fallback = "model.fallback."

    private static let rateLimits: [String: any WritableKeyPath<RateLimits, Int?> & Sendable] = [
        "requests_per_minute": \.requestsPerMinute, "tokens_per_minute": \.tokensPerMinute, "concurrent": \.concurrent,
    ]

    private func unknown(_ entry: ConfigurationLayer.Entry) -> ConfigurationError {
        let known = ConfigurationKey.all.map(\.name) + Self.known(near: entry.key)
        let nearest = nearestWord(to: entry.key, in: known) ?? Self.sameSection(entry.key, known)
        let hint = nearest.map { "The nearest known key is \($0)." } ?? "See docs/configuration.md for the keys."
        return ConfigurationError("\(entry.origin): there is no setting «\(entry.key)». \(hint)")
    }

    private static let endpointKeys = ["url", "key_env", "key_file", "key_command", "dialect"]
    private static let providerKeys = ["base_url", "key_env", "key_file", "key_command", "client_id"]

    /// The keys that have a name of the user's in the middle, with the name that stands in this one.
    private static func known(near key: String) -> [String] {
        let keys = self.providerKeys + self.rateLimits.keys.sorted()
        let path = key.split(separator: ".").map(String.init)
        guard path.first == "provider", path.count > 2 else { return keys.map { "provider.NAME.\($0)" } }
        if path[1] == "endpoints", path.count > 3 { return self.endpointKeys.map { "provider.endpoints.\(path[2]).\($0)" } }
        return keys.map { "provider.\(path[1]).\($0)" }
    }

    /// A word that is far as a whole may be near in its last part.
    private static func sameSection(_ key: String, _ known: [String]) -> String? {
        guard let dot = key.firstIndex(of: ".") else { return nil }
        let section = known.filter { $0.hasPrefix(key[...dot]) }
        let lasts = Dictionary(section.map { (String($0[$0.index(after: dot)...]), $0) }, uniquingKeysWith: { first, _ in first })
        return nearestWord(to: String(key[key.index(after: dot)...]), in: lasts.keys.sorted()).flatMap { lasts[$0] }
    }
}
