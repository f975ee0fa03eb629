import HTTPTypes
import Hummingbird
import LoomSystem
import NIOHTTP1

/// The outermost middleware: lets in who may come in, and puts the same headers on everything that goes out.
struct Gate: RouterMiddleware {
    typealias Context = LoopbackContext

    let doorkeeper: Doorkeeper

    func handle(
        _ request: Request, context: LoopbackContext, next: (Request, LoopbackContext) async throws -> Response
    ) async throws -> Response {
        var response = try await self.answer(request, context, next)
        response.harden(policy: Self.policy)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(
        _ request: Request, _ context: LoopbackContext, _ next: (Request, LoopbackContext) async throws -> Response
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
        } catch let error as HTTPParserError {
            // What came is no HTTP from here on: the server says so and closes the connection.
            throw error
        } catch {
            return Refusal.failure("\(error)").response(to: request)
        }
    }

    /// The page may load its own files and talk to its own server, and nobody may frame it.
    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}

extension Knock {
    fileprivate init(_ request: Request, _ context: LoopbackContext) {
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
