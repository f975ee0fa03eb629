import CSpawn
import Glibc

/// The raw result of starting a child: its pid and our ends of its pipes, non-blocking and closed on exec.
struct SpawnedChild {
    let pid: pid_t
    /// -1 when the child got no pipe for it.
    let input: Int32
    let output: Int32
    let errorOutput: Int32

    /// Starts the child as the leader of a process group of its own.
    ///
    /// Not swift-subprocess: its teardown ends with the leader, so a grandchild that ignores TERM survives it. We keep the
    /// group in our own hands until it is empty.
    init(_ spec: ProcessSpec, withInput: Bool) throws(ProcessError) {
        let program = spec.name
        let environment = spec.environment ?? Environment.all
        let path: String
        let arguments: [String]
        switch spec.command {
        case .program(let name, let rest):
            path = try Self.find(name, environment: environment)
            arguments = [name] + rest
        case .shell(let line):
            path = "/bin/sh"
            // The -- keeps a line that starts with a dash from being an option.
            arguments = ["sh", "-c", "--", line]
        }
        if let directory = spec.workingDirectory, !LiveFileSystem().isDirectory(directory) {
            throw .workingDirectoryMissing(path: directory)
        }
        let pairs = environment.map { "\($0.key)=\($0.value)" }
        guard (arguments + pairs + [spec.workingDirectory ?? ""]).allSatisfy({ !$0.utf8.contains(0) }) else {
            throw .invalidText(program: program)
        }

        var pipes = Pipes()
        do throws(PipeFailure) {
            try pipes.open(withInput: withInput, separateErrors: spec.errorOutput == .separate)
        } catch {
            pipes.closeAll()
            throw .other(program: program, text: systemErrorText(error.code))
        }
        var pid = pid_t()
        let code = Self.spawn(&pid, path: path, arguments: arguments, environment: pairs, directory: spec.workingDirectory, pipes: pipes)
        pipes.closeChildEnds()
        guard code == 0 else {
            pipes.closeAll()
            switch code {
            case ENOENT: throw .notFound(program: program)
            case EACCES: throw .notExecutable(program: program)
            default: throw .other(program: program, text: systemErrorText(code))
            }
        }
        self.pid = pid
        input = pipes.input.ours
        output = pipes.output.ours
        errorOutput = pipes.errors.ours
    }

    private static func spawn(
        _ pid: inout pid_t, path: String, arguments: [String], environment: [String], directory: String?, pipes: Pipes
    ) -> Int32 {
        var attributes = posix_spawnattr_t()
        let code = loom_spawn_attributes(&attributes)
        guard code == 0 else { return code }
        defer { posix_spawnattr_destroy(&attributes) }
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return ENOMEM }
        defer { posix_spawn_file_actions_destroy(&actions) }
        if pipes.input.childs >= 0 {
            posix_spawn_file_actions_adddup2(&actions, pipes.input.childs, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, pipes.output.childs, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.errors.childs >= 0 ? pipes.errors.childs : pipes.output.childs, 2)
        // Ours are closed on exec; this is for descriptors that libraries opened without care.
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }
        return withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                posix_spawn(&pid, path, &actions, &attributes, arguments, environment)
            }
        }
    }

    /// Looks the name up as a shell would, but in the environment of the child.
    private static func find(_ name: String, environment: [String: String]) throws(ProcessError) -> String {
        if name.utf8.contains(UInt8(ascii: "/")) { return name }
        guard !name.isEmpty else { throw .notFound(program: "The empty name") }
        guard let path = Executable.find(name, path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") else {
            throw .notFound(program: name)
        }
        return path
    }
}

/// The texts as a C array that ends with a null pointer.
private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = texts.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
