import LoomKernel
import LoomSystem

/// What a user set for a provider's key besides variables, and who is signed in.
struct KeySources: Sendable {
    /// An absolute path, and as the user wrote it.
    var file: (path: String, shown: String)?
    var command: String?
    /// Nil where nobody can sign in.
    var signIn: SignIn?
    /// Who has.
    var stored: StoredAccount?
    /// What a person has to do to be signed in; nil when nothing, or when nobody can.
    var signInNeed: String?

    init() {}

    init(file: String?, command: String?, environment: (String) -> String?) {
        self.file = file.map { shown in
            let path = shown.hasPrefix("~/") ? FilePath.join(environment("HOME") ?? "/", String(shown.dropFirst(2))) : shown
            return (path, shown)
        }
        self.command = command
    }

    var isEmpty: Bool { file == nil && command == nil && signIn == nil }

    /// What there is, in the order in which it counts.
    func origin(_ variables: [String], _ environment: (String) -> String?) -> KeyOrigin {
        if let name = variables.first(where: { Secret(environment($0)) != nil }) { return KeyOrigin(.variable, detail: name) }
        if let file { return KeyOrigin(.file, detail: file.shown) }
        if command != nil { return KeyOrigin(.command) }
        if let stored { return KeyOrigin(.signIn, detail: stored.who, expires: stored.expires) }
        return KeyOrigin(.nothing)
    }
}

extension Account {
    /// Where the key comes from.
    var origin: KeyOrigin {
        let origin = keys.origin(keyVariables, environment)
        if origin.source == .nothing, kind == .aws, amazonKeys != nil { return KeyOrigin(.variable, detail: Self.accessKey) }
        return origin
    }

    var isSignedIn: Bool { origin.source == .signIn }

    /// All that a person has to do for a key in a header, as one sentence; nil when there is one, as far as that can be known.
    var missingPlainKey: String? {
        switch origin.source {
        case .variable, .command: return nil
        case .file:
            guard let file = keys.file else { return nil }
            do throws(KeyFile.Fault) {
                _ = try KeyFile.key(file.path, shown: file.shown, files: files)
                return nil
            } catch {
                return error.description
            }
        case .signIn: return keys.signInNeed
        case .nothing:
            let ways =
                (keyVariables.isEmpty ? [] : ["set \(keyVariables.joined(separator: " or "))"]) + [keys.signInNeed].compactMap(\.self)
            return ways.isEmpty ? "give it a key" : ways.joined(separator: ", or ")
        }
    }

    /// A request with what goes along when somebody is signed in. What the plugin wrote itself stays.
    func dressed(_ request: JSON) -> JSON {
        guard isSignedIn, let headers = keys.signIn?.headers, !headers.isEmpty, var members = request.members else { return request }
        var own = members["headers"]?.members ?? [:]
        let names = Set(own.keys.map { $0.lowercased() })
        for (name, value) in headers where !names.contains(name.lowercased()) { own[name] = .string(value) }
        members["headers"] = .object(own)
        return .object(members)
    }
}
