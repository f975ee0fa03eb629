/// What a request shows at the door, taken out of HTTP so that the rules can be read and tested as a table.
struct Knock: Equatable {
    enum Kind { case reading, changing }

    var kind: Kind
    /// Path and query as they came.
    var target: String
    /// The `Host` header.
    var host: String?
    /// The `Origin` header.
    var origin: String?
    /// The `Sec-Fetch-Site` header, which no script can set.
    var fetchSite: String?
    /// The `Authorization` header.
    var authorization: String?
    /// The `Cookie` headers.
    var cookies: [String] = []
    /// The port this connection came in by.
    var port: Int
}
