package import LoomSystem

/// A command to run in the project.
package struct CommandRequest: Sendable, Hashable {
    /// A line for the shell, or a program with its arguments.
    package var command: ProcessSpec.Command
    /// Wall time; nil for the configuration's.
    package var timeout: Duration?
    /// Relative to the project; nil for its root.
    package var workingDirectory: String?
    /// Added to the environment.
    package var environment: [String: String]

    package init(
        _ command: ProcessSpec.Command, timeout: Duration? = nil, workingDirectory: String? = nil, environment: [String: String] = [:]
    ) {
        self.command = command
        self.timeout = timeout
        self.workingDirectory = workingDirectory
        self.environment = environment
    }

    /// How rules and people see it, as a shell would have to read it: with the variables and the folder that it gets, which decide
    /// as much as its words what will run.
    package var line: String {
        var words = self.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
        switch self.command {
        case .shell(let line): words += words.isEmpty ? [line] : ["sh", "-c", Self.quoted(line)]
        case .program(let name, let arguments): words += ([name] + arguments).map(Self.quoted)
        }
        let line = words.joined(separator: " ")
        return self.workingDirectory.map { "cd \(Self.quoted($0)) && \(line)" } ?? line
    }

    /// A word as a shell would have to read it, so that what a person sees is what runs.
    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "_=./:@%+,~^-".utf8.contains(byte)
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}

/// How a command ended.
package struct CommandResult: Sendable, Hashable {
    /// The exit status, nil when a signal ended it.
    package let status: Int32?
    package let signal: Int32?
    /// Output and error output as they came; head and tail when there was too much.
    package let output: String
    package let truncated: Bool
    /// Where the whole output is when it was cut, relative to the project.
    package let outputFile: String?
    package let seconds: Double
    package let timedOut: Bool
}

extension ToolHost {
    /// Bytes of a command's output that come back; the rest is in a file.
    private static let outputLimit = 24 << 10

    /// Set in the environment of every command, so that what a crash leaves of it can be told from all else.
    static let callVariable = "LOOMKIN_CALL"

    static func mark(_ agent: AgentIdentity, _ call: String) -> String { "\(agent.id)/\(call)" }

    /// Runs a command to its end. It leads a process group, and the whole group is gone when this returns.
    package func run(_ request: CommandRequest) async throws(ToolError) -> CommandResult {
        try await self.authority.require(Access(.execute, request.line), detail: request.line, wait: self.humanWait)
        let outputFile = self.services.newOutputFile("log")
        var spec = try self.spec(request)
        spec.errorOutput = .merged
        spec.timeout = request.timeout ?? .seconds(self.services.configuration.shellTimeout)
        spec.outputLimit = Self.outputLimit
        spec.spillPath = self.absolute(outputFile)
        try? self.services.ports.files.makeDirectory(self.directory + "/.loomkin/outputs")
        try await self.intend(request.line)
        let result: ProcessResult
        do throws(ProcessError) {
            result = try await self.services.ports.processes.run(spec) { chunk in
                self.progress(String(decoding: chunk.bytes, as: UTF8.self))
            }
        } catch {
            throw ToolError(error.description, status: Task.isCancelled ? .cancelled : .error)
        }
        if result.stop == .cancelled {
            throw ToolError("«\(request.line)» was cancelled and its processes were ended.", status: .cancelled)
        }
        return Self.result(result, outputFile: outputFile)
    }

    /// Starts a process that lives beside the call. Whoever holds it ends it; when nobody does any more, its group ends.
    package func start(_ request: CommandRequest) async throws(ToolError) -> HostProcess {
        try await self.authority.require(Access(.execute, request.line), detail: request.line, wait: self.humanWait)
        let spec = try self.spec(request)
        try await self.intend(request.line)
        do throws(ProcessError) {
            return HostProcess(try await self.services.ports.processes.start(spec), line: request.line, secrets: self.services.secrets)
        } catch {
            throw ToolError(error.description, status: Task.isCancelled ? .cancelled : .error)
        }
    }

    private func spec(_ request: CommandRequest) throws(ToolError) -> ProcessSpec {
        let folder = try request.workingDirectory.map { path throws(ToolError) in self.absolute(try self.relative(path)) } ?? self.directory
        var spec = ProcessSpec(request.command, environment: self.environment(request), workingDirectory: folder)
        // Not only what the model reads: progress goes to front ends, the whole output to disk.
        spec.redactions = self.services.secrets.redactions
        return spec
    }

    /// Ours, without the keys of model providers: a command has no use for them, and its output is read by a model.
    private func environment(_ request: CommandRequest) -> [String: String] {
        var environment = self.services.secrets.without(self.services.ports.environment)
        // Programs that would page or ask wait for ever otherwise.
        environment["PAGER"] = "cat"
        environment["GIT_PAGER"] = "cat"
        environment["GIT_EDITOR"] = "true"
        environment["GIT_TERMINAL_PROMPT"] = "0"
        environment["GIT_OPTIONAL_LOCKS"] = "0"
        // Colour nobody sees. And files that an agent may write must not look like a repository, whose settings name programs.
        let count = environment["GIT_CONFIG_COUNT"].flatMap { UInt16($0) }.map { Int($0) } ?? 0
        for (index, setting) in [("color.ui", "false"), ("safe.bareRepository", "explicit")].enumerated() {
            environment["GIT_CONFIG_KEY_\(count + index)"] = setting.0
            environment["GIT_CONFIG_VALUE_\(count + index)"] = setting.1
        }
        environment["GIT_CONFIG_COUNT"] = "\(count + 2)"
        environment.merge(request.environment) { _, own in own }
        environment[Self.callVariable] = Self.mark(self.agent, self.call)
        return environment
    }

    private func intend(_ command: String) async throws(ToolError) {
        let (agent, call) = (self.agent.id, self.call)
        try await self.store { try $0.record(.process(command: command), agent: agent, call: call) }
    }

    private static func result(_ result: ProcessResult, outputFile: String) -> CommandResult {
        let (status, signal): (Int32?, Int32?) =
            switch result.termination {
            case .exited(let code): (code, nil)
            case .signalled(let number): (nil, number)
            }
        let output = result.output
        let (seconds, attoseconds) = result.duration.components
        return CommandResult(
            status: status, signal: signal, output: output.text, truncated: output.omitted > 0,
            outputFile: output.omitted > 0 ? outputFile : nil,
            seconds: Double(seconds) + Double(attoseconds) / 1e18, timedOut: result.stop == .timedOut)
    }
}
