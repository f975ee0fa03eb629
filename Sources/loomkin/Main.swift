import ArgumentParser
import Glibc
import LoomKernel
import LoomREPL

/// Parses the command line and turns what comes of it into an exit code that `docs/configuration.md` lists.
@main
enum Main {
    static func main() async {
        do {
            let arguments = try Self.arguments()
            try Help.check(arguments)
            var command = try Loomkin.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Self.end(error)
        }
    }

    /// What was typed, after a folder that stands before the command: as with git and make, it is as if started there.
    private static func arguments() throws -> [String] {
        var arguments = CommandLine.arguments.dropFirst()
        while let folder = Self.leadingFolder(&arguments) {
            guard chdir(folder) == 0 else { throw ValidationError("There is no folder \(folder).") }
        }
        return Self.parted(arguments)
    }

    /// The id may stand behind `--resume` or not, which a parser of options with one value each does not know: it takes a flag and a word.
    static func parted(_ arguments: some Sequence<String>) -> [String] {
        let (flag, all) = ("--resume", Array(arguments))
        let options = all.prefix { $0 != "--" }
        return options.flatMap { $0.hasPrefix(flag + "=") ? [flag, String($0.dropFirst(flag.count + 1))] : [$0] }
            + all[options.endIndex...]
    }

    private static func leadingFolder(_ arguments: inout ArraySlice<String>) -> String? {
        guard let word = arguments.first else { return nil }
        if word.hasPrefix("--directory=") { return String(arguments.removeFirst().dropFirst("--directory=".count)) }
        guard ["-C", "--directory"].contains(word), arguments.count > 1 else { return nil }
        arguments.removeFirst()
        return arguments.removeFirst()
    }

    private static func end(_ error: any Error) -> Never {
        if let code = error as? ArgumentParser.ExitCode { exit(code.rawValue) }
        // What was found while running says what is wrong; how the command is written would only hide it.
        if let error = error as? ConfigurationError {
            writeError(error.description)
            exit(Status.usage.rawValue)
        }
        if let error = error as? ValidationError {
            writeError("Error: \(error.message)")
            exit(Status.usage.rawValue)
        }
        let code = Loomkin.exitCode(for: error)
        let message = Loomkin.fullMessage(for: error)
        if code.isSuccess {
            // Help and the version are what was asked for, so they are output.
            if !message.isEmpty { say(message) }
            exit(0)
        }
        if !message.isEmpty { writeError(message) }
        exit(((error as? Failure)?.status ?? .usage).rawValue)
    }
}

/// Something that went wrong while running; its text is one sentence for a person.
struct Failure: Error, CustomStringConvertible {
    let description: String
    let status: Status
    init(_ description: String, status: Status = .failed) {
        self.description = description
        self.status = status
    }
}

/// Prints lines for a person, at once: what stands in a buffer is lost when a reader waits for it. Names, texts and errors may come
/// from a project that nobody trusts, so what a terminal would obey is shown instead.
func say(_ text: String) { write(line: text.printable, to: STDOUT_FILENO) }

/// The same on standard error.
func writeError(_ text: String) { write(line: text.printable, to: STDERR_FILENO) }

/// Prints what a program reads, such as JSON, as it is.
func give(_ text: String) { write(line: text, to: STDOUT_FILENO) }

private func write(line text: String, to descriptor: Int32) {
    var bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return }
    }
}
