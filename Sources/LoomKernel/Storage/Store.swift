package import GRDB
package import LoomSystem
import Synchronization

/// The one database of a workspace. Everything that must survive goes through `transaction`, with the signals that tell of it:
/// either both are kept or neither, and nobody hears of what is not kept.
package final class Store: Sendable {
    private let database: any DatabaseWriter
    private let bus: SignalBus
    private let clock: any WallClock
    /// Nil until the session is known.
    private let session = Mutex<ID?>(nil)
    private let isClosed = Mutex(false)

    package var isPersistent: Bool { self.database is DatabasePool }

    /// Opens or creates the database file; `path` nil keeps everything in memory.
    package init(path: String?, bus: SignalBus, clock: any WallClock) throws(StoreError) {
        self.bus = bus
        self.clock = clock
        var configuration = GRDB.Configuration()
        configuration.label = "loomkin"
        // A second kernel on the same project writes too; it waits rather than fails.
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        configuration.prepareDatabase { db in
            // The log survives a crash of the process; a crash of the machine may take the last moments.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        do {
            if let path {
                self.database = try DatabasePool(path: path, configuration: configuration)
            } else {
                self.database = try DatabaseQueue(configuration: configuration)
            }
            let migrator = Migrations.all
            let isNewer = try self.database.read { try migrator.hasBeenSuperseded($0) }
            if isNewer { throw StoreError.newer(path: path ?? "memory") }
            try Self.migrate(self.database, migrator)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(error, path: path ?? "memory")
        }
    }

    /// Another process that begins with the same file may be at the same steps. Each is one transaction, so of two that take one at
    /// once the second fails, and finds it done when it tries again.
    private static func migrate(_ database: any DatabaseWriter, _ migrator: DatabaseMigrator) throws {
        for _ in migrator.migrations {
            do {
                return try migrator.migrate(database)
            } catch let error as DatabaseError where [.SQLITE_ERROR, .SQLITE_CONSTRAINT].contains(error.resultCode) {
                continue
            }
        }
        try migrator.migrate(database)
    }

    package func setSession(_ id: ID) { self.session.withLock { $0 = id } }

    /// Runs `body` in one transaction. Signals published in it reach subscribers after the commit, in the order of their numbers.
    @discardableResult
    package func transaction<T: Sendable>(_ body: @Sendable @escaping (Transaction) throws -> T) async throws(StoreError) -> T {
        do {
            let session = self.session.withLock { $0 }
            let (value, late) = try await self.database.writeWithoutTransaction { [bus, clock] db in
                let transaction = Transaction(db: db, bus: bus, session: session?.description ?? "", now: clock.now)
                let value = try transaction.commit(body)
                // On the writer's queue, so that delivery keeps the order of commits.
                return (value, transaction.signals.isEmpty ? [] : bus.deliver(transaction.signals))
            }
            if !late.isEmpty { await self.bus.wait(for: late) }
            return value
        } catch {
            throw StoreError(error, path: self.database.path)
        }
    }

    /// Keeps one signal, with nothing else to store.
    @discardableResult
    package func publish(
        _ payload: some SignalPayload, source: String, subject: String? = nil, team: String? = nil, cause: ID? = nil
    ) async throws(StoreError) -> Signal? {
        try await self.transaction { try $0.publish(payload, source: source, subject: subject, team: team, cause: cause) }
    }

    package func read<T: Sendable>(_ body: @Sendable @escaping (Database) throws -> T) async throws(StoreError) -> T {
        do {
            if self.isPersistent { return try await self.database.read(body) }
            // A queue alone on its memory reads what nobody else can change meanwhile, and need not be locked against writing.
            return try await self.database.unsafeRead(body)
        } catch {
            throw StoreError(error, path: self.database.path)
        }
    }

    /// Brings everything into the one file, so that a copy of it is whole, and closes it.
    package func close() {
        self.isClosed.withLock { isClosed in
            // A checkpoint of what is closed ends the process.
            if isClosed { return }
            isClosed = true
            // The log beside the file goes into it, so that the file alone is the whole. Nobody is waited for.
            try? self.database.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
            try? self.database.close()
        }
    }
}

/// What a transaction's body may do: SQL, and signals.
package final class Transaction {
    package let db: Database
    package let now: Timestamp
    package let session: String
    private let bus: SignalBus
    fileprivate var signals: [Signal] = []

    fileprivate init(db: Database, bus: SignalBus, session: String, now: Timestamp) {
        self.db = db
        self.bus = bus
        self.session = session
        self.now = now
    }

    /// As GRDB's own transactions, with BEGIN and COMMIT compiled once: to parse them anew takes a tenth of a small transaction.
    /// A body must let errors of SQLite through: some end the transaction, and what it did after that would be kept.
    fileprivate func commit<T>(_ body: (Transaction) throws -> T) throws -> T {
        try self.db.run(sql: "BEGIN IMMEDIATE")
        do {
            let value = try body(self)
            try self.db.run(sql: "COMMIT")
            return value
        } catch {
            try? self.db.rollback()
            throw error
        }
    }

    @discardableResult
    package func publish(
        _ payload: some SignalPayload, source: String, subject: String? = nil, team: String? = nil, cause: ID? = nil
    ) throws -> Signal? {
        guard let signal = self.bus.make(payload, source: source, subject: subject, team: team, cause: cause) else { return nil }
        return try self.keep(signal)
    }

    /// A signal of a type that no payload declares: a plugin's own.
    func publish(type: String, _ data: JSON, source: String, subject: String?, team: String?) throws -> Signal {
        try self.keep(self.bus.make(type: type, data, source: source, subject: subject, team: team, cause: nil))
    }

    private func keep(_ signal: Signal) throws -> Signal {
        var signal = signal
        try self.db.cachedStatement(
            sql: "INSERT INTO signal (id, session, type, source, subject, team, cause, time, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            signal.id.description, self.session, signal.type, signal.source, signal.subject, signal.team, signal.cause?.description,
            signal.time.iso8601, signal.data.text(),
        ])
        signal.sequence = self.db.lastInsertedRowID
        self.signals.append(signal)
        return signal
    }
}
