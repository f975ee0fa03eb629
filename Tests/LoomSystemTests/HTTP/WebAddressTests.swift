import Testing

@testable import LoomSystem

@Suite("Where a request goes") struct WebAddressTests {
    @Test(
        "an address says its host and port, as curl will reach them",
        arguments: [
            ("http://Example.COM/a", "example.com"), ("https://example.com:443/", "example.com"),
            ("https://example.com:80/", "example.com:80"),
            ("http://[::1]:8080/x", "[::1]:8080"), ("http://127.1/", "127.0.0.1"), ("http://2130706433/", "127.0.0.1"),
            ("http://0x7f.0.0.1/", "127.0.0.1"), ("http://example.com./", "example.com"),
        ])
    func place(_ url: String, _ place: String) throws {
        #expect(try #require(WebAddress(url)).place == place)
    }

    @Test(
        "what is no http or https URL is none", arguments: ["ftp://x/", "file:///etc/passwd", "example.com", "http://", "", "gopher://x"])
    func none(_ url: String) {
        #expect(WebAddress(url) == nil)
    }

    @Test("a redirect may be relative, lead elsewhere, and leave http")
    func redirects() throws {
        let start = try #require(WebAddress("https://a.example/x/y?z"))
        #expect(start.following("../w")?.url == "https://a.example/w")
        #expect(start.following("//b.example/")?.host == "b.example")
        #expect(start.following("http://169.254.169.254/latest")?.isPlainlyPrivate == true)
        #expect(start.following("file:///etc/passwd") == nil)
        #expect(try #require(WebAddress("http://user:pw@a.example/")).hasCredentials)
    }

    @Test(
        "addresses of this machine, of private networks and of nobody in particular are not public",
        arguments: [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
            "192.168.0.1",
            "192.0.0.8", "198.19.1.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1",
        ])
    func isPrivate(_ text: String) throws {
        #expect(try !#require(NetworkAddress(text)).isPublic)
    }

    @Test(
        "others are",
        arguments: ["1.1.1.1", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
    func isPublic(_ text: String) throws {
        #expect(try #require(NetworkAddress(text)).isPublic)
    }

    @Test(
        "the environment's proxy is chosen as curl would",
        arguments: [
            ("https://a.example/", "p2"), ("http://a.example/", "p1"), ("http://x.inside.example/", nil), ("http://inside.example/", nil),
            ("https://notinside.example/", "p2"), ("http://localhost:8080/", nil),
        ])
    func proxy(_ url: String, _ proxy: String?) throws {
        let choice = ProxyChoice(
            environment: ["http_proxy": "p1", "HTTP_PROXY": "evil", "HTTPS_PROXY": "p2", "no_proxy": "localhost, .inside.example"])
        #expect(choice.proxy(for: try #require(WebAddress(url))) == proxy)
    }

    @Test(
        "base 64 has the padding that others expect",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func base64(_ text: String, _ coded: String) {
        #expect(Hash.base64(Array(text.utf8)) == coded)
    }
}
