import ArgumentParser
import Glibc
import LoomKernel
import LoomPlugins
import LoomREPL
import LoomSystem
import LoomWeb

/// Signs in at a vendor by the browser.
struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in at a provider by the browser, for its subscriptions.",
        discussion: """
            It prints an address, opens it, and waits for the browser to come back: five minutes, on 127.0.0.1 only. Some vendors show a \
            code instead, which is pasted here. The tokens are kept with your own state, readable by you alone, and renewed by themselves. \
            It takes a client id of your own: see docs/accounts.md.
            """)
    @OptionGroup var project: ProjectOptions

    @Argument(help: "The provider, for example anthropic. Default: the only one at which one can sign in.")
    var provider: String?

    @Flag(name: .long, inversion: .prefixedNo, help: "Open the address in the browser.")
    var open = true

    @Flag(name: .long, help: "Paste what the browser ends at, for a browser on another machine.")
    var paste = false

    func run() async throws {
        let interrupted = ProcessSignals([SIGINT, SIGTERM, SIGHUP]) { number in
            writeError("Cancelled: nobody was signed in.")
            Glibc.exit(128 + number)
        }
        let project = try await Project.open(self.project)
        await project.look()
        let provider = try project.signInProvider(self.provider)
        let who = try await self.signIn(provider, project)
        withExtendedLifetime(interrupted) {}
        say("Signed in at \(provider.name)\(who.map { " as \($0)" } ?? "").")
        if let origin = provider.keyOrigin, origin.source != .signIn {
            say("\(provider.name) goes on with the key of \(origin.text), which comes before the sign-in.")
        }
    }

    private func signIn(_ provider: LuaProvider, _ project: Project) async throws -> String? {
        do {
            let server = try await self.listen(for: provider)
            let attempt = try provider.beginSignIn(listeningAt: server?.port)
            say("Sign in here: \(attempt.address)")
            if self.open, isatty(STDOUT_FILENO) == 1 { Browser.open(attempt.address, by: project.ports.processes) }
            if let server {
                say("Waiting for the browser, five minutes at most. Ctrl-C cancels.")
                return try await attempt.finish(try await self.code(of: attempt, by: server))
            }
            say("Then paste the code it shows, or the address it ends at:")
            return try await attempt.finish(try attempt.code(pasted: await Self.line() ?? ""))
        } catch {
            throw Failure("\(error)")
        }
    }

    /// Nil where the browser does not come back.
    private func listen(for provider: LuaProvider) async throws -> ReturnServer? {
        guard !self.paste, let port = provider.returnPort else { return nil }
        do throws(ServingError) {
            return try await ReturnServer.listen(port: port)
        } catch {
            throw Failure("The browser could not come back: \(error). End what uses it, or use --paste.")
        }
    }

    private func code(of attempt: SignInAttempt, by server: ReturnServer) async throws -> String {
        let outcome = await server.outcome(within: SignInAttempt.patience) { visit in
            let answer = attempt.answer(method: visit.method, host: visit.host, target: visit.target)
            return .init(status: answer.status, text: answer.text, outcome: answer.outcome)
        }
        guard let outcome else {
            throw Failure("Nobody signed in within five minutes. Try again: loomkin login \(attempt.provider)")
        }
        return try outcome.get()
    }

    /// The next line of the input, read by a thread that may wait for it.
    private static func line() async -> String? {
        let read = OneShot<String?>()
        guard DedicatedThread.start({ read.fulfil(readLine()) }) else { return nil }
        return await read.value() ?? nil
    }
}

/// Removes what signing in left.
struct Logout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "Forget the tokens of a sign-in, here and at the vendor's where it can be told.")
    @OptionGroup var project: ProjectOptions

    @Argument(help: "The provider. Default: all at which you are signed in.")
    var provider: String?

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        let providers: [LuaProvider]
        if self.provider != nil {
            providers = [try project.signInProvider(self.provider)].filter(\.isSignedIn)
        } else {
            providers = project.signInProviders.filter(\.isSignedIn)
        }
        guard !providers.isEmpty else { return say("Nobody is signed in\(self.provider.map { " at \($0)" } ?? "").") }
        for provider in providers {
            do {
                let problem = try await provider.signOut()
                say("Signed out at \(provider.name).")
                if let problem { writeError(problem.description) }
            } catch {
                throw Failure("\(error)")
            }
        }
    }
}

struct Auth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auth", abstract: "Show where the keys of providers come from.", subcommands: [AuthStatus.self],
        defaultSubcommand: AuthStatus.self)
}

struct AuthStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show for each provider where its key comes from; never the key.",
        discussion: "The order is: environment variable, key_file, key_command, sign-in. Nothing is run or asked to find this out.")
    @OptionGroup var project: ProjectOptions
    @OptionGroup var listing: ListingOptions

    private struct Entry: Encodable {
        let provider: String
        let source: String
        /// The variable's name, the file's path, or who is signed in.
        let detail: String?
        let expires: Timestamp?
        let isUsable: Bool
        let missing: String?
        let canSignIn: Bool
        enum CodingKeys: String, CodingKey {
            case provider, source, detail, expires, missing
            case isUsable = "usable"
            case canSignIn = "can_sign_in"
        }
        let shown: String

        init(_ provider: any Provider) async {
            let origin = provider.keyOrigin
            self.provider = provider.name
            self.source = origin?.source.rawValue ?? "not_needed"
            self.detail = origin?.detail
            self.expires = origin?.expires
            self.missing = await provider.missing()
            self.isUsable = self.missing == nil
            self.canSignIn = (provider as? LuaProvider)?.canSignIn ?? false
            self.shown = origin?.text ?? "no key is needed"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(self.provider, forKey: .provider)
            try container.encode(self.source, forKey: .source)
            try container.encodeIfPresent(self.detail, forKey: .detail)
            try container.encodeIfPresent(self.expires?.text(fractionDigits: 0), forKey: .expires)
            try container.encode(self.isUsable, forKey: .isUsable)
            try container.encodeIfPresent(self.missing, forKey: .missing)
            try container.encode(self.canSignIn, forKey: .canSignIn)
        }
    }

    func run() async throws {
        let project = try await Project.open(self.project)
        await project.look()
        var entries: [Entry] = []
        for provider in project.plugins.catalog.providers { entries.append(await Entry(provider)) }
        try self.listing.show(entries, headings: ["PROVIDER", "KEY", "STATE"], empty: "No providers.") {
            entries.map { [$0.provider, $0.shown, $0.missing ?? "can be used"] }
        }
    }
}

extension Project {
    /// The providers at which people can sign in.
    fileprivate var signInProviders: [LuaProvider] {
        self.plugins.catalog.providers.compactMap { $0 as? LuaProvider }.filter(\.canSignIn)
    }

    fileprivate func signInProvider(_ name: String?) throws -> LuaProvider {
        let all = self.signInProviders
        let names = all.map(\.name).joined(separator: ", ")
        guard let name else {
            guard let only = all.first, all.count == 1 else { throw ValidationError("Name a provider at which you can sign in: \(names).") }
            return only
        }
        if let provider = all.first(where: { $0.name == name }) { return provider }
        guard self.plugins.catalog.provider(name) == nil else {
            throw ValidationError("Nobody can sign in at «\(name)»: it wants a key. One can at: \(names).")
        }
        let nearest = nearestWord(to: name, in: all.map(\.name)).map { " Did you mean \($0)?" } ?? ""
        throw ValidationError("There is no provider «\(name)».\(nearest) One can sign in at: \(names).")
    }
}
