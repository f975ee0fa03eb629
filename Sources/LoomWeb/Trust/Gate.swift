import LoomSystem

/// The way in: lets in who may come in, and puts the same headers on everything that goes out.
struct Gate: Sendable {
    let doorkeeper: Doorkeeper
    let router: Router

    func answer(_ request: Request) async -> Response {
        var response = await self.judged(request)
        for (name, value) in Self.headers { response.headers[name] = value }
        return response
    }

    private func judged(_ request: Request) async -> Response {
        switch self.doorkeeper.judge(Knock(request)) {
        case .refuse(let refusal): return refusal.response(to: request)
        case .welcome(let cookie, let location): return Response(status: 303, headers: ["location": location, "set-cookie": cookie])
        case .admit: break
        }
        do {
            return try await self.router.answer(request)
        } catch let refusal as Refusal {
            return refusal.response(to: request)
        } catch {
            return Refusal.failure("\(error)").response(to: request)
        }
    }

    /// Nothing of the page may be cached, framed, guessed at, or fetched from elsewhere, and it may load its own files only.
    private static let headers = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ]
}

extension Knock {
    fileprivate init(_ request: Request) {
        self.init(
            kind: request.method == "GET" || request.method == "HEAD" ? .reading : .changing,
            target: request.target,
            host: request.headers["host"],
            origin: request.headers["origin"],
            fetchSite: request.headers["sec-fetch-site"],
            authorization: request.headers["authorization"],
            cookies: request.headers.filter { $0.name.lowercased() == "cookie" }.map(\.value),
            port: request.port)
    }
}

extension Refusal {
    /// JSON for programs, plain text for people.
    func response(to request: Request) -> Response {
        if request.target.hasPrefix(Routes.api) || request.prefersJSON {
            return .json(
                ["error": ["code": .string(self.code), "message": .string(self.message), "hint": .string(self.hint)]], self.status)
        }
        return .text("\(self.message)\n\(self.hint)\n", "text/plain; charset=utf-8", self.status)
    }
}
