/// Which proxy the environment names for an address, by the rules that curl has for it.
struct ProxyChoice: Sendable {
    let environment: [String: String]

    /// Nil: straight there.
    func proxy(for address: WebAddress) -> String? {
        // HTTP_PROXY in capitals is what a web server sets from a header of its client.
        let names = (address.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
        guard let proxy = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }) else { return nil }
        return isExcepted(address.host) ? nil : proxy
    }

    private func isExcepted(_ host: String) -> Bool {
        let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
        return list.split { $0 == "," || $0 == " " }.contains { entry in
            let name = entry.drop { $0 == "." }.lowercased()
            return entry == "*" || host == name || (!name.isEmpty && host.hasSuffix("." + name))
        }
    }
}
