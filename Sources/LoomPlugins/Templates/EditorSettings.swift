import LoomSystem

/// `.luarc.json`: what lua-language-server has to know to complete and check plugins.
package enum EditorSettings {
    package static let file = ".luarc.json"

    /// - Parameter bundled: the folder that holds the bundled `plugins`.
    package static func text(bundled: String) -> String {
        let settings: JSON = [
            "runtime.version": "Lua 5.4",
            // As `require "lib.name"` finds them.
            "runtime.path": ["plugins/?.lua"],
            "runtime.builtin": [
                "io": "disable", "debug": "disable", "package": "disable", "bit32": "disable", "ffi": "disable", "jit": "disable",
            ],
            "workspace.library": [.string(FilePath.join(bundled, "plugins/meta"))],
        ]
        return settings.text(pretty: true) + "\n"
    }
}
