import LoomSystem

/// What a panel may put on the page: nothing that loads, runs, or leads away from it.
package enum PanelMarkup {
    package static let tags = [
        "a", "b", "br", "code", "dd", "div", "dl", "dt", "em", "h3", "h4", "hr", "i", "li", "meter", "ol", "p", "pre", "progress", "small",
        "span", "strong", "table", "tbody", "td", "th", "thead", "time", "tr", "ul",
    ]

    /// Those without an end tag.
    package static let empty: Set<String> = ["br", "hr"]

    /// `href` leads to pages of this site only.
    package static let attributes: Set<String> = [
        "class", "colspan", "datetime", "high", "href", "low", "max", "min", "optimum", "rowspan", "title", "value",
    ]
}
