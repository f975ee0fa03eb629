import ArgumentParser

/// The exit codes that are documented, by what happened.
enum Status: Int32 {
    case done = 0
    case failed = 1
    case usage = 2

    var code: ArgumentParser.ExitCode { ArgumentParser.ExitCode(self.rawValue) }
}
