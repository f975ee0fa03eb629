import Hummingbird

/// What a request carries through the routes.
struct LoopbackContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The port the connection came in by, from the socket itself.
    let port: Int

    init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.port = source.channel.localAddress?.port ?? 0
    }

    /// A parameter of the path as text.
    func segment(_ name: String) throws(Refusal) -> String {
        guard let text = self.parameters.get(name).flatMap({ PathSegment.decode($0) }) else {
            throw .badRequest("The address is not valid.", hint: "Names in an address are written in UTF-8, percent-encoded.")
        }
        return text
    }
}
