import HTTPTypes
import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// The JSON of everything that can be seen.
    func addReading(to group: RouterGroup<LoopbackContext>) {
        group.get("snapshot") { _, _ in try Response.json(encoding: await self.workspace.snapshot()) }
        group.get("agents") { _, _ in
            try Response.json(encoding: ["agents": await self.workspace.snapshot().agents])
        }
        group.get("questions") { _, _ in
            try Response.json(encoding: ["questions": await self.workspace.snapshot().questions])
        }
        group.get("cost") { request, _ in try Response.json(encoding: await self.costs(request)) }
        group.get("health") { _, _ in try Response.json(encoding: await self.workspace.health()) }
        group.get("plugins") { _, _ in try Response.json(encoding: ["plugins": self.workspace.catalog.plugins]) }
        group.get("signals") { request, _ in
            let after = try request.query("after", in: 0...Int64.max) ?? 0
            let limit = try request.query("limit", in: 1...1_000) ?? 200
            let signals = try await self.command { () async throws(CommandError) in
                try await self.workspace.history(after: after, limit: Int(limit))
            }
            let next = signals.last?.sequence ?? after
            return Response.json(["signals": try JSON(encoding: signals), "next": .int(next)])
        }
        group.get("agents/:name/transcript") { _, context in
            let agent = try self.agent(try context.segment("name"), in: await self.workspace.snapshot())
            let entries = try await self.command { () async throws(CommandError) in try await self.workspace.transcript(of: agent.name) }
            return Response.json(["agent": .string(agent.name), "entries": try JSON(encoding: entries)])
        }
        group.get("events") { request, _ in
            let range = Int64(0)...Int64.max
            let resumed = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap { Int64($0) }
            let after = try request.query("after", in: range)
            return self.events.response(to: request, after: resumed.flatMap { range.contains($0) ? $0 : nil } ?? after)
        }
    }
}
