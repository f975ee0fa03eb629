import LoomKernel
import LoomSystem

extension Routes {
    /// The JSON of everything that can be seen.
    func addReading(to router: inout Router) {
        router.get("\(Self.api)snapshot") { _, _ in try Response.json(encoding: await self.workspace.snapshot()) }
        router.get("\(Self.api)agents") { _, _ in
            try Response.json(encoding: ["agents": await self.workspace.snapshot().agents])
        }
        router.get("\(Self.api)questions") { _, _ in
            try Response.json(encoding: ["questions": await self.workspace.snapshot().questions])
        }
        router.get("\(Self.api)cost") { request, _ in try Response.json(encoding: await self.costs(request)) }
        router.get("\(Self.api)health") { _, _ in try Response.json(encoding: await self.workspace.health()) }
        router.get("\(Self.api)plugins") { _, _ in try Response.json(encoding: ["plugins": self.workspace.catalog.plugins]) }
        router.get("\(Self.api)signals") { request, _ in
            let after = try request.query("after", in: 0...Int64.max) ?? 0
            let limit = try request.query("limit", in: 1...1_000) ?? 200
            let signals = try await self.command { () async throws(CommandError) in
                try await self.workspace.history(after: after, limit: Int(limit))
            }
            let next = signals.last?.sequence ?? after
            return Response.json(["signals": try JSON(encoding: signals), "next": .int(next)])
        }
        router.get("\(Self.api)agents/:name/transcript") { _, path in
            let agent = try self.agent(try path.segment("name"), in: await self.workspace.snapshot())
            let entries = try await self.command { () async throws(CommandError) in try await self.workspace.transcript(of: agent.name) }
            return Response.json(["agent": .string(agent.name), "entries": try JSON(encoding: entries)])
        }
        router.get("\(Self.api)events") { request, _ in
            let range = Int64(0)...Int64.max
            let resumed = request.headers["last-event-id"].flatMap { Int64($0) }
            let after = try request.query("after", in: range)
            return self.events.response(after: resumed.flatMap { range.contains($0) ? $0 : nil } ?? after)
        }
    }
}
