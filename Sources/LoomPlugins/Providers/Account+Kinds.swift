import LoomKernel
import LoomSystem

extension Credentials {
    /// What proves who asks.
    enum Kind: String, Sendable, CaseIterable {
        /// A key in a header.
        case key
        /// A signature over each request, or a key where one is set.
        case aws
        /// An access token, for which the host exchanges a token that the account's key has signed.
        case googleServiceAccount = "google_service_account"
    }

    /// The variables of the key, also where the plugin does not name them.
    var ownKeyVariables: [String] {
        guard keyVariables.isEmpty else { return keyVariables }
        switch kind {
        case .key: return []
        case .aws: return ["AWS_BEARER_TOKEN_\(service.uppercased())"]
        case .googleServiceAccount: return ["GOOGLE_APPLICATION_CREDENTIALS"]
        }
    }
}

extension Account {
    static let accessKey = "AWS_ACCESS_KEY_ID"
    private static let secretKey = "AWS_SECRET_ACCESS_KEY"
    private static let sessionToken = "AWS_SESSION_TOKEN"

    /// All that a person has to set still, as one sentence.
    var missing: String? {
        var parts = needsKey ? [missingKey].compactMap(\.self) : []
        let needed = sources.filter { !$0.isOptional || urlNeeds.contains($0.name) }
        parts += needed.filter { settings[$0.name] == nil }.map { "set \($0.variables.joined(separator: " or "))" }
        if baseURL == nil {
            let odd = needed.filter { source in
                urlNeeds.contains(source.name) && settings[source.name].map { CallSetting.fill("{x}", with: ["x": $0]) == nil } ?? false
            }
            parts += odd.map { "correct \($0.variables.joined(separator: " or ")), whose value has no place in a server's address" }
            if urlNeeds.isEmpty, !baseURLVariables.isEmpty { parts.append("set \(baseURLVariables.joined(separator: " or "))") }
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", and ")
    }

    private var missingKey: String? {
        switch kind {
        case .key:
            return missingPlainKey
        case .aws:
            let unset = [Self.accessKey, Self.secretKey].filter { Secret(environment($0)) == nil }
            guard key == nil, !unset.isEmpty else { return nil }
            if !keys.isEmpty { return missingPlainKey }
            return "set \(unset.joined(separator: " and "))" + (unset.count == 2 ? ", or \(keyVariables.joined(separator: " or "))" : "")
        case .googleServiceAccount:
            guard let file = keyFile else { return "set \(keyVariables.joined(separator: " or ")) to the path of the account's key file" }
            do throws(KeyFileFault) {
                _ = try serviceAccount(file)
                return nil
            } catch {
                return error.reason
            }
        }
    }

    /// Names of the environment variables that nobody but the host may read.
    var secretVariables: [String] {
        keyVariables + (kind == .aws ? [Self.accessKey, Self.secretKey, Self.sessionToken] : [])
    }

    // MARK: Amazon

    /// What signs requests, and what of it must not be shown.
    var amazonKeys: (signature: AmazonSignature, hidden: Secret)? {
        func value(_ name: String) -> String? { environment(name)?.trimmed.nonEmpty }
        guard let region = settings["region"], let access = value(Self.accessKey), let secret = value(Self.secretKey) else { return nil }
        let token = value(Self.sessionToken)
        return (
            AmazonSignature(accessKey: access, secretKey: secret, sessionToken: token, region: region, service: service),
            Secret(hidden: [access, secret] + (token.map { [$0] } ?? []))
        )
    }

    // MARK: Google

    struct KeyFileFault: Error {
        /// As `missing` says it; it holds nothing of the file.
        let reason: String
    }

    /// The variable that is set, and the path in it.
    var keyFile: (variable: String, path: String)? {
        let ofVariable = keyVariables.lazy.compactMap { name in environment(name)?.trimmed.nonEmpty.map { (name, $0) } }.first
        return ofVariable ?? keys.file.map { ("key_file", $0.path) }
    }

    func serviceAccount(_ file: (variable: String, path: String)) throws(KeyFileFault) -> (account: GoogleServiceAccount, id: String) {
        let bytes: [UInt8]
        if let own = keys.file, own.path == file.path {
            do throws(KeyFile.Fault) {
                bytes = try KeyFile.bytes(own.path, shown: own.shown, limit: 1 << 20, files: files)
            } catch {
                throw KeyFileFault(reason: error.description)
            }
        } else {
            bytes = try variableFile(file)
        }
        do throws(GoogleServiceAccount.Fault) {
            return (try GoogleServiceAccount(bytes), Hash.sha256(bytes))
        } catch {
            throw KeyFileFault(reason: "set \(file.variable) to the key file of a service account: \(error)")
        }
    }

    private func variableFile(_ file: (variable: String, path: String)) throws(KeyFileFault) -> [UInt8] {
        do throws(FileError) {
            return try files.read(file.path, limit: 1 << 20)
        } catch {
            throw KeyFileFault(reason: "set \(file.variable) to a key file that can be read: \(error)")
        }
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
