package import LoomSystem

/// What an agent can call. One value is one generation: a call ends on the value it began on.
package protocol Tool: Sendable {
    var schema: ToolSchema { get }
    /// Independent calls of one turn run side by side when all are parallel-safe.
    var isParallel: Bool { get }
    /// True when running it twice changes nothing: an interrupted call may simply be run again.
    var isReadOnly: Bool { get }
    /// Wall time the call may take, not counting the time a human is waited for; nil for the kernel's own bound.
    var deadline: Duration? { get }
    var generation: Int { get }
    /// What the call would touch; the permission engine is asked about each before `run`.
    func access(_ arguments: JSON) async throws(ToolError) -> [Access]
    /// One line for people: a path, a command.
    func summary(_ arguments: JSON) async -> String
    /// Checks and coerces the model's arguments; the error is one line the model reads.
    func validate(_ arguments: JSON) throws(ToolError) -> JSON
    func run(_ arguments: JSON, _ host: ToolHost) async throws(ToolError) -> ToolResult
    /// True for one that only passes calls on to other tools, by their names: what it stands for is what is judged, run and shown.
    var isForwarder: Bool { get }
    /// The call that it passes on.
    func forwarded(_ arguments: JSON) async throws(ToolError) -> ForwardedCall?
}

extension Tool {
    package var isForwarder: Bool { false }
    package func forwarded(_ arguments: JSON) async throws(ToolError) -> ForwardedCall? { nil }
}

/// The call that another call stands for.
package struct ForwardedCall: Sendable, Hashable {
    package let tool: String
    package let arguments: JSON

    package init(tool: String, arguments: JSON) {
        self.tool = tool
        self.arguments = arguments
    }
}

/// Why a tool did not do what was asked, as one line that the model reads and a trace that the human does.
package struct ToolError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    /// For people: a traceback. Never sent to the model.
    package let trace: String?
    package let status: ToolResult.Status
    /// A word for programs: `not_found`, `outside_project`, or the status.
    package let code: String

    /// The code of a call that was not begun because its plugin had too many faults.
    package static let quarantined = "quarantined"

    package init(_ message: String, status: ToolResult.Status = .error, code: String? = nil, trace: String? = nil) {
        self.code = code ?? status.rawValue
        self.message = message
        self.status = status
        self.trace = trace
    }

    package var description: String { self.message }
}

/// What a tool gave back.
package struct ToolResult: Sendable, Hashable, Codable {
    package enum Status: String, Sendable, Hashable, Codable {
        case ok, error, denied, timedOut = "timed_out", cancelled, interrupted
    }
    /// What the model reads.
    package var text: String
    package var status: Status
    /// For front ends and programs; never sent to the model.
    package var data: JSON?
    /// What the model looks at besides; nil is nothing.
    package var attachments: [Attachment]?

    package init(_ text: String, status: Status = .ok, data: JSON? = nil) {
        self.text = text
        self.status = status
        self.data = data
    }
}

extension ToolError {
    /// An error of a file, told by its path in the project.
    init(_ error: FileError, path: String) {
        let code: String? =
            switch error.reason {
            case .notFound: "not_found"
            case .alreadyExists: "already_exists"
            case .permissionDenied, .readOnly: "permission_denied"
            case .isDirectory: "is_directory"
            case .notDirectory: "not_directory"
            case .tooLarge: "too_large"
            case .outsideProject: "outside_project"
            case .notEmpty, .notRegularFile, .noSpace, .tooManySymlinks, .invalidPath, .other: nil
            }
        self.init(FileError(error.reason, path: path).description, code: code)
    }
}
