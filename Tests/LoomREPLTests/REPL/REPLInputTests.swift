import LoomSystem
import Synchronization
import Testing

@testable import LoomKernel
@testable import LoomREPL

struct REPLInputTests {
    @Test(arguments: [
        ("", REPLInput.nothing), ("   ", .nothing), ("fix it", .text("fix it")), ("fix it  ", .text("fix it")),
        (" /etc is full", .text("/etc is full")),
        ("@ada keep it", .direct(agent: "ada", text: "keep it")), ("@ada  a\nb", .direct(agent: "ada", text: "a\nb")),
        ("!ls -l", .shell("ls -l")),
        ("! ls", .shell("ls")), ("/help", .command(.help(nil))), ("/help spawn", .command(.help("spawn"))),
        ("/help /spawn", .command(.help("spawn"))),
        ("/reload", .command(.reload(nil, now: false))), ("/reload x --now", .command(.reload("x", now: true))),
        ("/reload --now", .command(.reload(nil, now: true))),
        ("/agents", .command(.agents)), ("/context", .command(.context(nil))), ("/context ada", .command(.context("ada"))),
        ("/spawn coder", .command(.spawn(role: "coder", name: nil))),
        ("/spawn coder ada", .command(.spawn(role: "coder", name: "ada"))), ("/remove ada", .command(.remove("ada"))),
        ("/tasks", .command(.tasks)), ("/pause", .command(.pause(nil))),
        ("/pause ada", .command(.pause("ada"))), ("/resume", .command(.resume(nil))), ("/stop ada", .command(.stop("ada"))),
        ("/model", .command(.model(agent: nil, model: nil))), ("/model ada", .command(.model(agent: "ada", model: nil))),
        ("/model a:b", .command(.model(agent: nil, model: "a:b"))), ("/model ada a:b", .command(.model(agent: "ada", model: "a:b"))),
        ("/permissions", .command(.permissions)), ("/permissions read-only", .command(.setPermissions(.readOnly))),
        ("/permissions revoke 2", .command(.revoke(2))), ("/plugins", .command(.plugins(nil))),
        ("/plugins x", .command(.plugins("x"))), ("/cost", .command(.cost(.agent))),
        ("/show", .command(.show(nil))), ("/show 12", .command(.show(12))), ("/page", .command(.page)), ("/quit", .command(.quit)),
        ("/exit", .command(.quit)),
    ])
    func `a line means what it says`(line: String, input: REPLInput) {
        #expect(REPLInput(line) == input)
    }

    @Test(arguments: [
        ("/agnets", "Did you mean /agents?"), ("/xyzzy", "/help lists the commands."), ("/", "/help lists the commands."),
        ("/spawn", "/spawn coder ada"), ("/show x", "/show [N]"), ("/permissions all", "/permissions ask"), ("@", "@ada"),
        ("@ada", "@ada TEXT"),
        ("!", "!git status"), ("/quit now", "/quit"),
    ])
    func `a mistake says what to type`(line: String, hint: String) {
        guard case .mistake(let text) = REPLInput(line) else {
            Issue.record("\(line) was taken")
            return
        }
        #expect(text.contains(hint))
    }

    @Test func `the help fits a screen, and every example is a command`() {
        let overview = CommandHelp.overview(added: (1...30).map { "command\($0)" }, marks: .unicode)
        #expect(overview.count <= 23)
        #expect(overview.allSatisfy { $0.columns <= 80 })
        // Between a command and its summary there is always room.
        #expect(overview.contains { $0.hasSuffix("[PROVIDER:MODEL]  list, search or change models") })
        #expect(overview.contains { $0.contains(" Plugins add: /command1, /command10, ") && $0.hasSuffix("…") })
        #expect(!CommandHelp.overview(marks: .unicode).contains { $0.contains("Plugins add") })
        for help in CommandHelp.all {
            guard case .command = REPLInput(help.example) else {
                Issue.record("\(help.example) does not work")
                continue
            }
            #expect(help.usage.hasPrefix("/" + help.name))
            #expect(help.details.allSatisfy { $0.columns <= 80 })
        }
    }

    @Test func `every name of a built-in command is kept from plugins`() {
        #expect(BuiltInCommands.names == Set(CommandHelp.all.flatMap { [$0.name] + $0.aliases }))
    }

    @Test(arguments: [
        ("/greet", REPLInput.plugin(name: "greet", text: "")), ("/greet  ada and\nrui ", .plugin(name: "greet", text: "ada and\nrui")),
        ("/greet\tx", .plugin(name: "greet", text: "x")), ("/agents", .command(.agents)), (" /greet", .text("/greet")),
    ])
    func `a plugin's command takes what stands behind its name, and a built-in one comes first`(line: String, input: REPLInput) {
        #expect(REPLInput(line, plugins: ["agents", "greet"]) == input)
        guard case .mistake(let hint) = REPLInput("/gret", plugins: ["greet"]) else {
            Issue.record("/gret was taken")
            return
        }
        #expect(hint.contains("Did you mean /greet?"))
    }

    @Test func `Ctrl-C twice within two seconds leaves`() {
        var counter = InterruptCounter()
        let presses = [10_000, 11_900, 20_000, 22_001].map { counter.press(at: .milliseconds($0)) }
        #expect(presses == [false, true, false, false])
    }

    @Test(arguments: [
        ("/pe", ["/permissions"]), ("@a", ["@ada"]), ("/stop a", ["ada"]), ("/spawn c", ["coder"]),
        ("look at src/pa", ["src/parser.py"]), ("look at s", ["src/"]), ("/agents x", []), ("", []), ("look at src/.", ["src/.hidden"]),
    ])
    func `the word before the cursor is completed`(before: String, candidates: [String]) throws {
        let files = MemoryFileSystem()
        for name in ["parser.py", ".hidden"] { try files.write([], to: "/p/src/" + name, options: WriteOptions(createsParents: true)) }
        let words = CompletionWords(directory: "/p", files: files)
        words.update { $0 = .init(agents: ["lead", "ada"], roles: ["coder"]) }
        let told = Mutex<[String]?>(nil)
        words.complete(before) { completion in told.withLock { $0 = completion.candidates } }
        #expect(told.withLock { $0 } == candidates)
    }

    @Test(arguments: [("/model a", ["ada"]), ("/model f", ["fake:m", "fake:n"]), ("/model ada f", ["fake:m", "fake:n"])])
    func `models are completed, and agents where one may stand`(before: String, candidates: [String]) async {
        let words = CompletionWords(
            directory: "/p", files: MemoryFileSystem(), models: { word in ["fake:n", "fake:m"].filter { $0.hasPrefix(word) } })
        words.update { $0 = .init(agents: ["lead", "ada"]) }
        let (told, tell) = AsyncStream.makeStream(of: [String].self)
        words.complete(before) { tell.yield($0.candidates) }
        var answers = told.makeAsyncIterator()
        #expect(await answers.next() == candidates)
    }

    @Test(arguments: [
        ("/gr", ["/greet"]), ("/help gr", ["greet"]), ("/greet a", ["ada", "anton"]), ("/greet to a", ["ada", "anton"]), ("/greet x", []),
    ])
    func `a plugin's command is completed, and its arguments are what it says, if a person can see them`(
        before: String, candidates: [String]
    ) async {
        let words = CompletionWords(
            directory: "/p", files: MemoryFileSystem(), commands: { ["greet"] },
            arguments: { command, word in command == "greet" && word == "a" ? ["anton", "ada", "ada", "a\u{1B}[2J", "bob"] : [] })
        let (told, tell) = AsyncStream.makeStream(of: [String].self)
        words.complete(before) { tell.yield($0.candidates) }
        var answers = told.makeAsyncIterator()
        #expect(await answers.next() == candidates)
    }
}
