/// What to run and how.
package struct ProcessSpec: Sendable, Hashable {
    package enum Command: Sendable, Hashable {
        /// A program by its path, or by a name to be looked up in the `PATH` of the child's environment.
        case program(String, arguments: [String])
        /// A line for `/bin/sh -c`.
        case shell(String)
    }

    package enum ErrorOutput: Sendable, Hashable {
        /// Kept apart.
        case separate
        /// Mixed into the output in the order of arrival.
        case merged
    }

    package var command: Command
    /// Nil gives the child our own environment.
    package var environment: [String: String]?
    /// Nil means ours.
    package var workingDirectory: String?
    package var input: [UInt8]
    package var errorOutput: ErrorOutput
    /// Wall-clock time after which the whole group is ended.
    package var timeout: Duration?
    /// How long the group has between the TERM and the KILL.
    package var grace: Duration
    /// Bytes of each output kept in memory: half of it from the start and half from the end.
    package var outputLimit: Int
    /// Where the whole output goes once it is longer than the limit; error output kept apart goes to the same path plus `.err`.
    package var spillPath: String?
    /// The most bytes a spill file may get, so that a runaway child can't fill the disk.
    package var spillLimit: Int
    /// What is replaced in everything the child writes, before anyone sees or keeps it.
    package var redactions: [Redaction] = []
    /// Whether a process that is started, and not run to its end, can be written to. One that can't finds its input empty.
    package var takesInput = true

    package init(
        _ command: Command,
        environment: [String: String]? = nil,
        workingDirectory: String? = nil,
        input: [UInt8] = [],
        errorOutput: ErrorOutput = .separate,
        timeout: Duration? = nil,
        grace: Duration = .seconds(1),
        outputLimit: Int = 1 << 20,
        spillPath: String? = nil,
        spillLimit: Int = 256 << 20
    ) {
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.input = input
        self.errorOutput = errorOutput
        self.timeout = timeout
        self.grace = grace
        self.outputLimit = outputLimit
        self.spillPath = spillPath
        self.spillLimit = spillLimit
    }

    /// The command's own words, for an error text.
    package var name: String {
        switch command {
        case .program(let path, _): path
        case .shell: "/bin/sh"
        }
    }
}
