import LoomSystem

/// Where the bundled plugins, prompts, roles, examples and data lie.
struct Installation {
    let folder: String

    var sample: String { self.folder + "/examples/sample" }
    var modelData: String { self.folder + "/data/models.csv" }
    var grammars: String { self.folder + "/grammars" }

    /// `LOOMKIN_HOME`; else `share/loomkin` beside the program's `bin`; else the source tree the program was built in.
    static func find(environment: [String: String], files: any FileSystem) throws -> Installation {
        if let home = environment["LOOMKIN_HOME"] {
            guard Self.isOne(home, files) else {
                throw Failure("LOOMKIN_HOME is \(home), and there are no plugins and roles. Set it to the folder that holds them.")
            }
            return Installation(folder: home)
        }
        guard let program = try? files.realPath("/proc/self/exe") else { throw Failure("The running program's own path cannot be found.") }
        var folder = FilePath.parent(of: program)
        let shared = FilePath.parent(of: folder) + "/share/loomkin"
        if Self.isOne(shared, files) { return Installation(folder: shared) }
        while folder != "/" {
            if Self.isOne(folder, files) { return Installation(folder: folder) }
            folder = FilePath.parent(of: folder)
        }
        throw Failure("The bundled plugins were not found beside \(program). Install with «make install», or set LOOMKIN_HOME.")
    }

    private static func isOne(_ folder: String, _ files: any FileSystem) -> Bool {
        files.isDirectory(folder + "/plugins/tools") && files.isDirectory(folder + "/roles")
    }
}

/// The user's own folders, by the rules of XDG.
struct UserFolders {
    let configuration: String
    let state: String
    let data: String
    let cache: String

    var grammars: String { self.data + "/grammars" }

    init(environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        func folder(_ variable: String, _ fallback: String) -> String {
            let set = environment[variable].flatMap { FilePath.isAbsolute($0) ? $0 : nil }
            return (set ?? home + fallback) + "/loomkin"
        }
        self.configuration = folder("XDG_CONFIG_HOME", "/.config")
        self.state = folder("XDG_STATE_HOME", "/.local/state")
        self.data = folder("XDG_DATA_HOME", "/.local/share")
        self.cache = folder("XDG_CACHE_HOME", "/.cache")
    }
}
