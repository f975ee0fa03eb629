import ArgumentParser
import LoomKernel
import LoomSystem

struct Cost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost", abstract: "Show what model calls used and cost.",
        discussion: """
            CACHED is the share of what was sent that the vendor had in its cache. A call of a model without a known price is counted as \
            unpriced, and never as free.
            """)
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

    @Option(name: .long, help: "agent, team, task, model, purpose, session or day.")
    var by = "model"

    @Option(name: .long, help: ArgumentHelp("Only this session, by the beginning of its id; «latest» for the last one.", valueName: "id"))
    var session: String?

    @Option(name: .long, help: ArgumentHelp("Only from this day on, such as 2026-11-27.", valueName: "day"))
    var since: String?

    func validate() throws {
        if CostReport.Group(rawValue: self.by) == nil {
            let names = CostReport.Group.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("Costs cannot be grouped by «\(self.by)»: use one of \(names).")
        }
        if let since, Timestamp(iso8601: since + "T00:00:00Z") == nil {
            throw ValidationError("«\(since)» is no day: write it as 2026-11-27.")
        }
    }

    func run() async throws {
        let project = try await Project.open(self.project)
        guard let path = project.databasePath else { return try self.show(nil) }
        do {
            let store = try Store(path: path, bus: project.bus, clock: project.ports.clock)
            defer { store.close() }
            let session = try await self.sessionID(in: store)
            try self.show(try await store.costs(by: CostReport.Group(rawValue: self.by) ?? .model, session: session, since: self.since))
        } catch let error as StoreError {
            throw Failure("\(error)")
        }
    }

    private func sessionID(in store: Store) async throws -> String? {
        guard let session else { return nil }
        let sessions = try await store.sessions()
        if session == "latest", let first = sessions.first { return first.id }
        guard let found = sessions.first(where: { $0.id.hasPrefix(session) }) else {
            throw ValidationError("There is no session «\(session)». «loomkin sessions» lists them.")
        }
        return found.id
    }

    private func show(_ report: CostReport?) throws {
        if self.listing.json {
            guard let report else { return give("{}") }
            return give(try JSON(encoding: report).text(pretty: true))
        }
        guard let report, !report.rows.isEmpty else { return say("No model was called yet.") }
        try self.listing.show(
            report.rows, headings: [self.by.uppercased(), "CALLS", "IN", "CACHED", "OUT", "COST"], empty: ""
        ) {
            (report.rows + (report.rows.count > 1 ? [report.total] : [])).map { row in
                [
                    row.name.isEmpty ? "-" : row.name, String(row.calls),
                    String(row.usage.input + row.usage.cacheRead + row.usage.cacheWrite),
                    row.usage.cached.map { "\(Int(($0 * 100).rounded())) %" } ?? "-", String(row.usage.output),
                    dollars(row.costUSD) + (row.unpriced > 0 ? " + \(row.unpriced) unpriced" : ""),
                ]
            }
        }
    }
}
