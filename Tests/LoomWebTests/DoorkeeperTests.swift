import Testing

@testable import LoomWeb

@Suite struct DoorkeeperTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let knock: Knock
        let judgement: Doorkeeper.Judgement

        init(_ description: String, _ judgement: Doorkeeper.Judgement, _ change: (inout Knock) -> Void) {
            let cookie = "loomkin-4200=\(DoorkeeperTests.pass)"
            var knock = Knock(kind: .reading, target: "/", host: "127.0.0.1:4200", cookies: [cookie], port: 4200)
            change(&knock)
            self.testDescription = description
            self.knock = knock
            self.judgement = judgement
        }
    }

    static let pass = Doorkeeper.pass(for: "right")
    static let welcome = "loomkin-4200=\(pass); Path=/; HttpOnly; SameSite=Strict"

    static let cases: [Case] = [
        Case("the cookie opens the page", .admit) { _ in },
        Case("localhost is our name too", .admit) { $0.host = "LOCALHOST:4200" },
        Case("so is the IPv6 loopback", .admit) { $0.host = "[::1]:4200" },
        Case("a foreign name is refused although the cookie is right", .refuse(.foreignHost(port: 4200))) { $0.host = "evil.example:4200" },
        Case("a name that only begins with ours is foreign", .refuse(.foreignHost(port: 4200))) { $0.host = "127.0.0.1.evil.example:4200" },
        Case("another port is foreign", .refuse(.foreignHost(port: 4200))) { $0.host = "127.0.0.1:4201" },
        Case("our name without a port is foreign", .refuse(.foreignHost(port: 4200))) { $0.host = "localhost" },
        Case("no name at all is foreign", .refuse(.foreignHost(port: 4200))) { $0.host = nil },
        Case("port 80 needs no port in the name", .admit) {
            $0.host = "localhost"
            $0.port = 80
            $0.cookies = ["loomkin-80=\(pass)"]
        },
        Case("nothing shown", .refuse(.noToken)) { $0.cookies = [] },
        Case("a wrong cookie", .refuse(.wrongToken)) { $0.cookies = ["loomkin-4200=wrong"] },
        Case("a cookie that only begins right", .refuse(.wrongToken)) { $0.cookies = ["loomkin-4200=\(pass)x"] },
        Case("the token is no cookie", .refuse(.wrongToken)) { $0.cookies = ["loomkin-4200=right"] },
        Case("what the cookie holds, which other servers see, is no token", .refuse(.wrongToken)) {
            ($0.cookies, $0.authorization) = ([], "Bearer \(pass)")
        },
        Case("nor does it open the address", .refuse(.wrongToken)) { ($0.cookies, $0.target) = ([], "/?token=\(pass)") },
        Case("the cookie of another port", .refuse(.noToken)) { $0.cookies = ["loomkin-4201=\(pass)"] },
        Case("the cookie among others", .admit) { $0.cookies = ["a=b; loomkin-4200=\(pass); c=d"] },
        Case("a Bearer token opens", .admit) { ($0.cookies, $0.authorization) = ([], "Bearer right") },
        Case("a wrong Bearer token does not fall back to the cookie", .refuse(.wrongToken)) { $0.authorization = "Bearer wrong" },
        Case("another scheme is no token", .refuse(.noToken)) { ($0.cookies, $0.authorization) = ([], "Basic right") },
        Case("the printed address sets the cookie", .welcome(cookie: welcome, location: "/")) {
            ($0.cookies, $0.target) = ([], "/?token=right")
        },
        Case("the clean address keeps the rest of the query", .welcome(cookie: welcome, location: "/agents/ada?all=1")) {
            ($0.cookies, $0.target) = ([], "/agents/ada?token=right&all=1")
        },
        Case("the clean address never leads to another site", .welcome(cookie: welcome, location: "/")) {
            ($0.cookies, $0.target) = ([], "//evil.example/?token=right")
        },
        Case("a wrong token in the address", .refuse(.wrongToken)) { ($0.cookies, $0.target) = ([], "/?token=wrong") },
        Case("an old address does no harm to who is in", .admit) { $0.target = "/?token=old" },
        Case("a token in the address changes nothing by itself", .refuse(.wrongToken)) {
            ($0.kind, $0.origin, $0.cookies, $0.target) = (.changing, "http://127.0.0.1:4200", [], "/api/v1/stop?token=right")
        },
        Case("a command from our own page", .admit) { ($0.kind, $0.origin) = (.changing, "http://127.0.0.1:4200") },
        Case("a command from another site", .refuse(.foreignOrigin)) { ($0.kind, $0.origin) = (.changing, "http://evil.example") },
        Case("a command from another port", .refuse(.foreignOrigin)) { ($0.kind, $0.origin) = (.changing, "http://127.0.0.1:4201") },
        Case("a command from the same port by TLS", .refuse(.foreignOrigin)) {
            ($0.kind, $0.origin) = (.changing, "https://127.0.0.1:4200")
        },
        Case("a command from nowhere", .refuse(.noOrigin)) { $0.kind = .changing },
        Case("a command of a program", .admit) { ($0.kind, $0.cookies, $0.authorization) = (.changing, [], "Bearer right") },
        Case("a foreign page with a Bearer token", .refuse(.foreignOrigin)) {
            ($0.kind, $0.origin, $0.authorization) = (.changing, "http://evil.example", "Bearer right")
        },
        Case("an authorization that is no token does not replace the token", .refuse(.noToken)) {
            ($0.kind, $0.cookies, $0.authorization) = (.changing, [], "Basic x")
        },
        Case("a form without script, as browsers send it under no-referrer", .admit) {
            ($0.kind, $0.origin, $0.fetchSite) = (.changing, "null", "same-origin")
        },
        Case("a sandboxed frame of another site", .refuse(.foreignOrigin)) {
            ($0.kind, $0.origin, $0.fetchSite) = (.changing, "null", "cross-site")
        },
        Case("an opaque origin of an old browser", .refuse(.foreignOrigin)) { ($0.kind, $0.origin) = (.changing, "null") },
        Case("reading from another site", .refuse(.foreignOrigin)) { $0.origin = "http://evil.example" },
    ]

    @Test("who may come in", arguments: cases)
    func judges(_ item: Case) {
        #expect(Doorkeeper(token: "right").judge(item.knock) == item.judgement)
    }

    @Test func `a ticket opens once, and whoever came in by it stays in`() {
        let ticket = Ticket()
        let doorkeeper = Doorkeeper(token: "right", ticket: ticket)
        var knock = Knock(kind: .reading, target: "/?ticket=wrong", host: "127.0.0.1:4200", port: 4200)
        #expect(doorkeeper.judge(knock) == .refuse(.usedTicket))
        knock.target = "/agents/ada?ticket=\(ticket.text)&all=1"
        #expect(doorkeeper.judge(knock) == .welcome(cookie: Self.welcome, location: "/agents/ada?all=1"))
        #expect(doorkeeper.judge(knock) == .refuse(.usedTicket))
        knock.cookies = ["loomkin-4200=\(Self.pass)"]
        #expect(doorkeeper.judge(knock) == .admit)
    }
}
