import LoomLua
import LoomSystem
import Synchronization

/// What a generation does before it takes over from its predecessor.
struct Succession: Sendable {
    let predecessor: Lease
    let memory: PluginMemory
}

extension Generation {
    /// Asks the plugin's `migrate` what becomes of what its predecessors left in `loom.state`. Where it fails, the predecessor goes on
    /// with its own.
    func migrate(_ table: PluginTable, _ memory: PluginMemory) async throws(PluginFault) {
        guard let migrate = try table.optionalFunction("migrate") else { return }
        translation.withLock { $0.function = migrate }
        let inheritance = memory.hold()
        guard !inheritance.values.isEmpty else { return }
        let (result, from) = (try await run(migrate, inheritance), inheritance.generation)
        guard let values = result.members else {
            throw table.fault(["migrate"], "migrate must return the new state as a table, got \(result.kind)")
        }
        let size = values.values.reduce(0) { $0 + $1.text().utf8.count }
        guard size <= PluginMemory.limit else {
            throw table.fault(
                ["migrate"], "migrate returned \(size) bytes for the state of generation \(from), and it may have \(PluginMemory.limit)")
        }
        translation.withLock { $0.revision = inheritance.revision }
        lease.translate(values)
    }

    private func run(_ migrate: LuaFunction, _ inheritance: PluginMemory.Inheritance) async throws(PluginFault) -> JSON {
        let context = CallContext(phase: .migration, plugin: file.key.name, ports: ports)
        let from = inheritance.generation
        do {
            return try await call(
                migrate, [], [.object(inheritance.values), .int(Int64(from))], marksEmptyLists: false, deadline: LuaCode.deadline,
                context: context
            ).first ?? .null
        } catch {
            let fault = PluginFault(error.error, in: file)
            throw PluginFault(
                path: fault.path, line: fault.line, cause: "migrate failed for the state of generation \(from): \(fault.cause)")
        }
    }

    // MARK: Taking over

    /// It was committed. A service's predecessor may still handle a signal or say goodbye, so that one keeps its rights until this
    /// one is called for the first time; all others take over at once.
    func succeed(_ predecessor: Generation?, _ memory: PluginMemory) {
        guard file.key.kind == .service, let predecessor else {
            predecessor?.lease.end(by: number)
            return lease.begin()
        }
        // One that was never called had taken over nothing.
        let waiting = predecessor.succession.withLock { succession in
            defer { succession = nil }
            return succession
        }
        if waiting != nil { predecessor.lease.end(by: number) }
        succession.withLock { $0 = Succession(predecessor: waiting?.predecessor ?? predecessor.lease, memory: memory) }
    }

    func takeOver() async {
        guard
            let succession = succession.withLock({ succession in
                defer { succession = nil }
                return succession
            })
        else { return }
        let translation = translation.withLock { $0 }
        if let migrate = translation.function, translation.revision != succession.memory.revision {
            // It was written after it had been translated.
            let inheritance = succession.memory.hold()
            do throws(PluginFault) {
                if inheritance.values.isEmpty {
                    lease.translate([:])
                } else if let values = try await run(migrate, inheritance).members {
                    lease.translate(values)
                }
            } catch {
                ports.log("error", file.key.name, error.description)
            }
        }
        succession.predecessor.end(by: number)
        lease.begin()
        succession.memory.release()
    }
}
