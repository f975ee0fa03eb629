import HTTPTypes
import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// The parts of the pages that the script fetches when a signal says that they changed.
    func addFragments(to router: Router<LoopbackContext>) {
        let fragments = router.group("fragments")
        for (path, template) in [
            ("header", "header"), ("agents", "agents"), ("names", "names"), ("questions", "questions"), ("board", "board"),
        ] {
            fragments.get(RouterPath(path)) { _, _ in
                try self.html(template, self.view(of: await self.workspace.snapshot()))
            }
        }
        fragments.get("feed") { request, _ in
            let filter = FeedFilter(request.query("show"))
            guard let after = try request.query("after", in: 0...Int64.max) else {
                let view = ["feed": try await self.feed(filter, until: await self.workspace.snapshot().sequence)]
                return try self.html("feed", view)
            }
            return try await self.feedLines(filter, after: after)
        }
        fragments.get("agents/:name") { _, context in
            let agent = try self.agent(try context.segment("name"), in: await self.workspace.snapshot())
            return try self.html("about", ["agent": AgentView(agent)])
        }
        fragments.get("agents/:name/transcript") { request, context in
            let agent = try self.agent(try context.segment("name"), in: await self.workspace.snapshot())
            let view = ["transcript": try await self.transcript(of: agent.name, all: request.query("all") != nil)]
            return try self.html("transcript", view)
        }
        fragments.get("plugins") { _, _ in
            try self.html("plugins", ["plugins": await self.plugins()])
        }
        fragments.get("plugins/:kind/:name") { _, context in
            let story = try await self.story(try context.segment("kind"), try context.segment("name"))
            return try self.html("plugin", ["story": story])
        }
        fragments.get("cost") { request, _ in
            try self.html("cost", ["cost": try await self.cost(request)])
        }
        fragments.get("calls/:id") { _, context in
            try self.html("call", ["call": try await self.call(try context.segment("id"))])
        }
    }

    /// New lines only; a header says which signal they reach to, so that the next request goes on from there.
    private func feedLines(_ filter: FeedFilter, after: Int64) async throws -> Response {
        let (lines, end) = try await self.command { () async throws(CommandError) in
            try await Feed(workspace: self.workspace).lines(filter, after: after)
        }
        let view = FeedView(lines, filter, until: end, now: self.clock.now)
        var response = try self.html("lines", view)
        if let name = HTTPField.Name("Loomkin-Sequence") { response.headers[name] = "\(end)" }
        return response
    }
}
