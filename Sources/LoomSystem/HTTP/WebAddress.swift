import CCurl

/// An http or https URL taken apart, as curl reads it: what is judged is what is reached.
package struct WebAddress: Sendable, Hashable {
    package let url: String
    package let isSecure: Bool
    /// Small letters; addresses in figures in their usual form, without brackets.
    package let host: String
    package let port: Int
    /// Whether it holds a name or password before the host.
    package let hasCredentials: Bool

    /// Nil for anything that is no http or https URL with a host.
    package init?(_ text: String) {
        guard !text.utf8.contains(0), let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        self.init(handle)
    }

    /// Where a redirect leads from here.
    package func following(_ location: String) -> WebAddress? {
        guard !location.utf8.contains(0), let handle = curl_url() else { return nil }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK, curl_url_set(handle, CURLUPART_URL, location, 0) == CURLUE_OK
        else { return nil }
        return WebAddress(handle)
    }

    private init?(_ handle: OpaquePointer) {
        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), ["http", "https"].contains(scheme), let url = part(CURLUPART_URL),
            let host = part(CURLUPART_HOST), !host.isEmpty, let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) })
        else { return nil }
        self.url = url
        self.isSecure = scheme == "https"
        var name = host.lowercased()
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        while name.hasSuffix("."), name.count > 1 { name.removeLast() }
        self.host = name
        self.port = port
        hasCredentials = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
    }

    /// The host, and its port where that is not the usual one.
    package var place: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Whether nobody on the way can read along: it is https, or of this machine.
    package var isConfidential: Bool { self.isSecure || ["127.0.0.1", "localhost", "::1"].contains(self.host) }

    /// Whether the text alone says that it is this machine or a private network.
    package var isPlainlyPrivate: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        return NetworkAddress(host)?.isPublic == false
    }

    package func hasSameOrigin(as other: WebAddress) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }
}
