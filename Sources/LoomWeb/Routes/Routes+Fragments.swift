import LoomKernel
import LoomSystem

extension Routes {
    /// The parts of the pages that the script fetches when a signal says that they changed.
    func addFragments(to router: inout Router) {
        for (path, template) in [
            ("header", "header"), ("agents", "agents"), ("names", "names"), ("questions", "questions"), ("board", "board"),
        ] {
            router.get("fragments/\(path)") { _, _ in
                try self.html(template, self.view(of: await self.workspace.snapshot()))
            }
        }
        router.get("fragments/feed") { request, _ in
            let filter = FeedFilter(request.query("show"))
            guard let after = try request.query("after", in: 0...Int64.max) else {
                let view = ["feed": try await self.feed(filter, until: await self.workspace.snapshot().sequence)]
                return try self.html("feed", view)
            }
            return try await self.feedLines(filter, after: after)
        }
        router.get("fragments/agents/:name") { _, path in
            let agent = try self.agent(try path.segment("name"), in: await self.workspace.snapshot())
            return try self.html("about", ["agent": AgentView(agent)])
        }
        router.get("fragments/agents/:name/transcript") { request, path in
            let agent = try self.agent(try path.segment("name"), in: await self.workspace.snapshot())
            let view = ["transcript": try await self.transcript(of: agent.name, all: request.query("all") != nil)]
            return try self.html("transcript", view)
        }
        router.get("fragments/plugins") { _, _ in
            try self.html("plugins", ["plugins": await self.plugins()])
        }
        router.get("fragments/plugins/:kind/:name") { _, path in
            let story = try await self.story(try path.segment("kind"), try path.segment("name"))
            return try self.html("plugin", ["story": story])
        }
        router.get("fragments/cost") { request, _ in
            try self.html("cost", ["cost": try await self.cost(request)])
        }
        router.get("fragments/calls/:id") { _, path in
            try self.html("call", ["call": try await self.call(try path.segment("id"))])
        }
    }

    /// New lines only; a header says which signal they reach to, so that the next request goes on from there.
    private func feedLines(_ filter: FeedFilter, after: Int64) async throws -> Response {
        let (lines, end) = try await self.command { () async throws(CommandError) in
            try await Feed(workspace: self.workspace).lines(filter, after: after)
        }
        let view = FeedView(lines, filter, until: end, now: self.clock.now)
        var response = try self.html("lines", view)
        response.headers["loomkin-sequence"] = "\(end)"
        return response
    }
}
