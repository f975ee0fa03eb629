package import LoomSystem

/// A request that a plugin wants to send.
package struct WebRequest: Sendable {
    package var method: String
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// For everything until the last byte; nil when only the call's own deadline counts.
    package var timeout: Duration?
    /// Bytes of the answer's body.
    package var bodyLimit: Int

    package init(method: String, url: String, headers: HTTPHeaders, body: [UInt8], timeout: Duration?, bodyLimit: Int) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bodyLimit = bodyLimit
    }
}

/// The answer, from wherever redirects led.
package struct WebReply: Sendable {
    package let url: String
    package let response: HTTPResponse
}

extension ToolHost {
    /// How many redirects are followed.
    private static let redirectLimit = 5

    /// Sends a request. The permission engine is asked about its host, and again about each host that a redirect leads to.
    /// This machine and private networks are out of reach, unless a rule names them.
    package func send(_ request: WebRequest) async throws(ToolError) -> WebReply {
        guard var address = WebAddress(request.url) else {
            throw ToolError("«\(request.url)» is no http or https URL with a host.", code: "invalid")
        }
        var request = request
        try self.refuseSecrets(request)
        if request.headers["User-Agent"] == nil { request.headers["User-Agent"] = "loomkin" }
        var hops = 0
        while true {
            let reply = try await self.exchange(request, at: address)
            guard (300..<400).contains(reply.status), reply.status != 304, let location = reply.headers["Location"] else {
                return WebReply(url: address.url, response: reply)
            }
            hops += 1
            guard hops <= Self.redirectLimit else {
                throw ToolError("\(address.place) redirected more than \(Self.redirectLimit) times.", code: "too_many_redirects")
            }
            guard let next = address.following(location) else {
                throw ToolError("\(address.place) redirected to what is no http or https URL.", code: "invalid")
            }
            request.redirect(reply.status, from: address, to: next)
            address = next
        }
    }

    private func exchange(_ request: WebRequest, at address: WebAddress) async throws(ToolError) -> HTTPResponse {
        guard !address.hasCredentials else {
            throw ToolError("A URL with a name or password in it is not sent. Use a header.", code: "invalid")
        }
        let access = Access(.network, address.place)
        let isNamed = self.isNamed(access, address)
        if address.isPlainlyPrivate, !isNamed { throw try await self.authority.refuse(access, Self.privateRule(access)) }
        try await self.authority.require(access, detail: "\(request.method) \(address.url)", wait: self.humanWait)
        if !["GET", "HEAD"].contains(request.method) {
            let (agent, call) = (self.agent.id, self.call)
            let summary = "\(request.method) \(address.place)"
            try await self.store { try $0.record(.request(summary), agent: agent, call: call) }
        }
        var sent = HTTPRequest(
            method: request.method, url: address.url, headers: request.headers, body: request.body, totalTimeout: request.timeout,
            bodyLimit: request.bodyLimit)
        sent.isOnlyForPublicHosts = !isNamed
        do throws(HTTPError) {
            return try await self.services.ports.http.send(sent)
        } catch {
            if case .privateAddress = error.reason { throw try await self.authority.refuse(access, Self.privateRule(access)) }
            throw ToolError(error)
        }
    }

    /// Whether a rule speaks of this place in particular. One with a star in it may have meant many, but not a name that turns
    /// out to lead inside.
    private func isNamed(_ access: Access, _ address: WebAddress) -> Bool {
        let decision = self.services.permissions.decide(tool: self.tool, access)
        guard decision.verdict != .deny, let pattern = decision.rule.pattern else { return false }
        return address.isPlainlyPrivate ? pattern.contains { $0 != "*" } : !pattern.contains("*")
    }

    private static func privateRule(_ access: Access) -> PermissionRule {
        PermissionRule(
            .deny, access.kind.rawValue, access.target,
            origin: "built in: this machine and private networks need a rule that names them, such as «allow network \(access.target)»")
    }

    /// A key has no business in a request that a plugin made up; a provider's own goes another way.
    private func refuseSecrets(_ request: WebRequest) throws(ToolError) {
        let headers = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let text = "\(request.url)\n\(headers)\n" + String(decoding: request.body, as: UTF8.self)
        guard self.services.secrets.redact(text) == text else {
            throw ToolError(
                "The request holds a key or token of this machine's environment, and was not sent.", status: .denied)
        }
    }

    /// What came, without the secrets of this machine: a server may send back what it was sent by others.
    package func redact(_ text: String) -> String { self.services.secrets.redact(text) }
}

extension WebRequest {
    /// As browsers do it: a form that was taken is followed by a plain question, and another server gets no credentials.
    fileprivate mutating func redirect(_ status: Int, from old: WebAddress, to new: WebAddress) {
        if status == 303 && self.method != "HEAD" || (status == 301 || status == 302) && self.method == "POST" {
            self.method = "GET"
            self.body = []
            self.headers["Content-Type"] = nil
        }
        guard !new.hasSameOrigin(as: old) else { return }
        self.headers["Authorization"] = nil
        self.headers["Cookie"] = nil
    }
}

extension ToolError {
    package init(_ error: HTTPError) {
        let code: String? =
            switch error.reason {
            case .cancelled: nil
            case .invalidURL, .invalidHeader: "invalid"
            case .timedOut, .stalled: "timeout"
            case .tooLarge: "too_large"
            case .cannotResolve, .cannotConnect: "unreachable"
            case .tls: "tls"
            case .cut, .damaged, .tooManyRedirects, .privateAddress, .notRecorded, .other: "failed"
            }
        self.init(error.description, status: error.reason == .cancelled ? .cancelled : .error, code: code)
    }
}
