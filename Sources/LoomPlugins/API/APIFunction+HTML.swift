import LoomKernel

extension APIFunction {
    /// What panels are made of. The tags and attributes are those the page lets through.
    static let html: [APIFunction] = PanelMarkup.tags.map { tag in
        APIFunction(
            "html.\(tag)", [("content", nil)], returns: "loom.Node", phases: [.loading, .panel],
            text:
                "A node for a panel: `loom.html.\(tag){ class = \"soft\", \"text\", loom.html.b\"bold\" }`. Texts are escaped by the page.",
            body: .prelude)
    }
}
