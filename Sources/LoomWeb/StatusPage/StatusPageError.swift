/// Why the status page did not run.
package enum StatusPageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// None of the ports could be had.
    case portsTaken(ClosedRange<Int>)
    /// The server could not start or stopped.
    case server(String)
    /// A template of the page is broken: a mistake of ours.
    case template(String)

    private static let hint = "Choose another first port with LOOMKIN_PORT, or with --port of «loomkin serve»."

    package var description: String {
        switch self {
        case .portsTaken(let ports):
            "The status page found ports \(ports.lowerBound) to \(ports.upperBound) in use. \(Self.hint)"
        case .server(let reason): "The status page could not run: \(reason). \(Self.hint)"
        case .template(let reason): "The status page has a broken template (\(reason)): please report this."
        }
    }
}
