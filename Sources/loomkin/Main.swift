import ArgumentParser
import Glibc
import LoomREPL

/// Parses the command line and turns what comes of it into an exit code that `docs/configuration.md` lists.
@main
enum Main {
    static func main() async {
        do {
            var command = try Loomkin.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Self.end(error)
        }
    }

    private static func end(_ error: any Error) -> Never {
        if let code = error as? ExitCode { exit(code.rawValue) }
        let code = Loomkin.exitCode(for: error)
        let message = Loomkin.fullMessage(for: error)
        if code.isSuccess {
            // Help and the version are what was asked for, so they are output.
            if !message.isEmpty { print(message) }
            exit(0)
        }
        if !message.isEmpty { writeError(message) }
        exit(error is Failure ? Status.failed.rawValue : Status.usage.rawValue)
    }
}

/// Something that went wrong while running; its text is one sentence for a person.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

func writeError(_ text: String) {
    fputs(text.hasSuffix("\n") ? text : text + "\n", stderr)
}
