/// Why the status page did not run.
package enum StatusPageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// None of the ports could be had.
    case portsTaken(ClosedRange<Int>)
    /// The server could not start or stopped.
    case server(String)
    /// A template of the page is broken: a mistake of ours.
    case template(String)

    package var description: String {
        switch self {
        case .portsTaken(let ports):
            "The status page found ports \(ports.lowerBound) to \(ports.upperBound) in use: "
                + "choose another one with --port, or start without the page with --no-page."
        case .server(let reason): "The status page could not run: \(reason). Start without it with --no-page."
        case .template(let reason): "The status page has a broken template (\(reason)): please report this."
        }
    }
}
