import HTTPTypes
import Hummingbird
import LoomSystem

/// The outermost middleware: lets in who may come in, and puts the same headers on everything that goes out.
struct Gate: RouterMiddleware {
    typealias Context = PageContext

    let doorkeeper: Doorkeeper

    func handle(
        _ request: Request, context: PageContext, next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        var response = try await self.answer(request, context, next)
        for (name, value) in Self.headers { response.headers[name] = value }
        return response
    }

    private func answer(
        _ request: Request, _ context: PageContext, _ next: (Request, PageContext) async throws -> Response
    ) async throws -> Response {
        switch self.doorkeeper.judge(Knock(request, context)) {
        case .refuse(let refusal): return refusal.response(to: request)
        case .welcome(let cookie, let location):
            return Response(status: .seeOther, headers: [.location: location, .setCookie: cookie])
        case .admit: break
        }
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            return refusal.response(to: request)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return Refusal.notFound("This address", hint: "Start from /.").response(to: request)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return Refusal.tooLarge.response(to: request)
        } catch {
            return Refusal.failure("\(error)").response(to: request)
        }
    }

    /// Nothing of the page may be cached, framed, guessed at, or fetched from elsewhere, and it may load its own files only.
    private static let headers: [(HTTPField.Name, String)] =
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
                    + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            ),
            (.xContentTypeOptions, "nosniff"),
            (.cacheControl, "no-store"),
        ]
        + [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ]
        .compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

extension Knock {
    fileprivate init(_ request: Request, _ context: PageContext) {
        self.init(
            kind: request.method == .get || request.method == .head ? .reading : .changing,
            target: request.head.path ?? "/",
            host: request.head.authority,
            origin: request.headers[.origin],
            fetchSite: HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] },
            authorization: request.headers[.authorization],
            cookies: request.headers[values: .cookie],
            port: context.port)
    }
}

extension Refusal {
    /// JSON for programs, plain text for people.
    func response(to request: Request) -> Response {
        if request.uri.path.hasPrefix(Routes.api) || request.prefersJSON {
            return .json(
                ["error": ["code": .string(self.code), "message": .string(self.message), "hint": .string(self.hint)]], self.status)
        }
        return .text("\(self.message)\n\(self.hint)\n", "text/plain; charset=utf-8", self.status)
    }
}
