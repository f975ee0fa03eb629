import LoomKernel
import LoomSystem

/// The events of an answer, in the framing that its type names.
final class EventsHandle: OpenHandle {
    static let luaClass = "Events"

    let events = Inflow<Result<JSON, ToolError>>(capacity: 16)
    let fields: [String: JSON]
    private let reading: Task<Void, Never>

    init(_ reply: WebReply, _ host: ToolHost) async throws(ToolError) {
        guard reply.response.isSuccess else {
            fields = (try await reply.whole(host)).members ?? [:]
            events.finish()
            reading = Task {}
            return
        }
        fields = reply.head(host)
        reading = Task { [events] in
            do throws(HTTPError) {
                let response = reply.response
                for try await event in response.body.events(response.framing, limit: 1 << 20) {
                    await events.put(.success(event.json(host)))
                }
            } catch {
                await events.put(.failure(ToolError(error)))
            }
            events.finish()
        }
    }

    func end() async {
        events.abandon()
        reading.cancel()
        await reading.value
    }
}

extension ServerSentEvents.Event {
    fileprivate func json(_ host: ToolHost) -> JSON {
        var members: [String: JSON] = ["event": .string(type), "data": .string(host.redact(data))]
        if !id.isEmpty { members["id"] = .string(id) }
        return .object(members)
    }
}
