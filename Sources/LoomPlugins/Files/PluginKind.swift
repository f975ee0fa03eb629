/// What a file is, told by the folder it lies in.
package enum PluginKind: String, Sendable, Hashable, Codable, CaseIterable {
    case tool, provider, role, prompt, service, command, panel, hook
    /// A folder with a SKILL.md: instructions that an agent reads when a task calls for them.
    case skill
    /// Shared code that other plugins require as `lib.NAME`.
    case library = "lib"
    /// A play for the scripted model, required as `scenarios.NAME`.
    case scenario

    /// Relative to a root.
    var folder: String {
        switch self {
        case .tool: "plugins/tools"
        case .provider: "plugins/providers"
        case .role: "roles"
        case .service: "plugins/services"
        case .command: "plugins/commands"
        case .panel: "plugins/panels"
        case .hook: "plugins/hooks"
        case .prompt: "prompts"
        case .skill: "skills"
        case .library: "plugins/lib"
        case .scenario: "plugins/scenarios"
        }
    }

    /// Of a plugin's file, behind its name.
    var fileEnding: String {
        switch self {
        case .prompt: ".md"
        case .skill: "/SKILL.md"
        case .tool, .provider, .role, .service, .command, .panel, .hook, .library, .scenario: ".lua"
        }
    }

    /// Whether its code stays in use in a Lua state of its own.
    var hasGenerations: Bool {
        switch self {
        case .tool, .provider, .hook, .command, .panel, .service: true
        case .role, .prompt, .skill, .library, .scenario: false
        }
    }

    /// What Lua code writes after `require` to get such a file, up to its name; nil for what can't be required.
    var requirePrefix: String? {
        switch self {
        case .library: "lib."
        case .scenario: "scenarios."
        case .tool, .provider, .role, .prompt, .service, .command, .panel, .hook, .skill: nil
        }
    }

    /// The plugin's name when a file of this name in the kind's folder is one.
    ///
    /// Specs, hidden files and the droppings of editors (`x.lua~`, `.#x.lua`, `4913`) are none.
    func pluginName(ofFile file: String) -> String? {
        if self == .skill { return pluginName(ofFolder: file) }
        guard file.hasSuffix(fileEnding), !file.hasSuffix(".spec.lua") else { return nil }
        let name = file.dropLast(fileEnding.count)
        guard let first = name.utf8.first, Self.isLetter(first), name.utf8.allSatisfy(Self.isNamePart) else { return nil }
        return String(name)
    }

    /// A skill's name, which is its folder's.
    private func pluginName(ofFolder folder: String) -> String? {
        folder.utf8.first.map(Self.isLetter) == true && folder.utf8.allSatisfy(Self.isNamePart) ? folder : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "-")
    }
}

/// A plugin's identity: a role and a prompt may have the same name.
package struct PluginKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let kind: PluginKind
    package let name: String

    package init(_ kind: PluginKind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Relative to a root.
    package var path: String { "\(kind.folder)/\(name)\(kind.fileEnding)" }

    package var description: String { "\(kind.rawValue) \(name)" }

    package static func < (left: PluginKey, right: PluginKey) -> Bool {
        (left.kind.rawValue, left.name) < (right.kind.rawValue, right.name)
    }
}
