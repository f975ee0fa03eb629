import GRDB

extension Database {
    /// Runs one statement, compiled once for this connection: compiling takes longer than most statements run.
    func run(sql: String, arguments: StatementArguments = StatementArguments()) throws {
        try self.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
