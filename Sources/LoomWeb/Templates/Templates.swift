import Mustache

/// The compiled templates. Whatever they show is escaped by `HTMLText`; none of them can ask for text as it is.
struct Templates: Sendable {
    private let library: MustacheLibrary

    init() throws(StatusPageError) {
        MustacheContentTypes.register(HTMLText(), named: HTMLText.name)
        var library = MustacheLibrary()
        for (name, text) in Self.sources {
            do {
                // A partial starts again with the library's own escaping, so each template names ours.
                try library.register("{{% CONTENT_TYPE:\(HTMLText.name)}}" + text, named: name)
            } catch {
                throw .template("\(name): \(error)")
            }
        }
        self.library = library
    }

    /// The page or fragment of a view.
    func render(_ name: String, _ view: Any) -> String {
        self.library.render(view, withTemplate: name) ?? ""
    }

    static let sources: [String: String] = [Self.frame, Self.parts, Self.plugins, Self.pluginPage, Self.pages, Self.cost]
        .reduce(into: [:]) { all, some in all.merge(some) { $1 } }
}
