import LoomSystem

typealias Request = HTTPServer.Request
typealias Response = HTTPServer.Response

/// Which handler answers which address.
///
///     router.get("agents/:name") { request, path in … try path.segment("name") … }
struct Router: Sendable {
    typealias Handler = @Sendable (Request, PathValues) async throws -> Response

    private struct Route: Sendable {
        let method: String
        /// A segment that begins with a colon stands for any text.
        let segments: [Substring]
        let handler: Handler

        func values(of path: [Substring]) -> PathValues? {
            guard self.segments.count == path.count else { return nil }
            var values: [String: Substring] = [:]
            for (segment, text) in zip(self.segments, path) {
                if segment.first == ":" { values[String(segment.dropFirst())] = text } else if segment != text { return nil }
            }
            return PathValues(values: values)
        }
    }

    private var routes: [Route] = []

    mutating func get(_ pattern: String, _ handler: @escaping Handler) { self.add("GET", pattern, handler) }

    mutating func post(_ pattern: String, _ handler: @escaping Handler) { self.add("POST", pattern, handler) }

    private mutating func add(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
        self.routes.append(Route(method: method, segments: pattern.split(separator: "/"), handler: handler))
    }

    /// The answer of the first route that fits. Who asks for the head alone is answered like who asks for everything.
    func answer(_ request: Request) async throws -> Response {
        let method = request.method == "HEAD" ? "GET" : request.method
        let path = request.path.split(separator: "/")
        for route in self.routes where route.method == method {
            if let values = route.values(of: path) { return try await route.handler(request, values) }
        }
        throw Refusal.notFound("This address", hint: "Start from /.")
    }
}

/// What an address says at the places that a route leaves open.
struct PathValues: Sendable {
    let values: [String: Substring]

    func segment(_ name: String) throws(Refusal) -> String {
        guard let text = self.values[name].flatMap({ PathSegment.decode($0) }) else {
            throw .badRequest("The address is not valid.", hint: "Names in an address are written in UTF-8, percent-encoded.")
        }
        return text
    }
}
