import LoomSystem
import Testing

@testable import LoomKernel
@testable import LoomREPL

struct QuestionDeskTests {
    private static let permission = question(detail: "+x", always: "allow x")
    private static let plain = question()
    private static let choice = question(.choice, options: ["Red", "Blue"])
    private static let free = question(.choice)

    private func meaning(_ line: String, _ questions: [Question]) -> String {
        var desk = QuestionDesk()
        for question in questions { _ = desk.ask(question) }
        return Self.name(desk.meaning(of: line))
    }

    private static func name(_ meaning: QuestionDesk.Meaning) -> String {
        switch meaning {
        case .unrelated: return "unrelated"
        case .unclear: return "unclear"
        case .view(let entry): return "view \(entry.number)"
        case .answer(let entry, .text(let text)): return "\(entry.number) text \(text)"
        case .answer(let entry, let answer): return "\(entry.number) \(answer)"
        }
    }

    @Test(arguments: [
        ("y", "1 allow"), ("YES", "1 allow"), ("n", "1 refuse"), ("", "1 refuse"), ("a", "1 always"), ("v", "view 1"), ("1 y", "1 allow"),
        ("yes please", "unrelated"), ("fix it", "unrelated"), ("/help", "unrelated"), ("@ada y", "unrelated"), ("!y", "unrelated"),
        (" y", "unrelated"), ("1 thing to fix", "unrelated"), ("2 y", "unclear"), ("2 apples", "unrelated"),
    ])
    func `one permission takes a letter, and Enter alone refuses`(line: String, meaning: String) {
        #expect(self.meaning(line, [Self.permission]) == meaning)
    }

    @Test(arguments: [
        ("y", "1 allow"), ("2 y", "2 allow"), ("2 n", "2 refuse"), ("2 a", "unclear"), ("a", "1 always"), ("3 Blue", "3 text Blue"),
        ("3 2", "3 text Blue"), ("3 none of them", "3 text none of them"), ("2 what", "unclear"), ("9 y", "unclear"),
        ("hello", "unrelated"),
    ])
    func `several are told apart by number`(line: String, meaning: String) {
        #expect(self.meaning(line, [Self.permission, Self.plain, Self.choice]) == meaning)
    }

    @Test(arguments: [
        ("1", "1 text Red"), ("2", "1 text Blue"), ("3", "unclear"), ("blue", "1 text Blue"), ("green, please", "1 text green, please"),
        ("2 of them", "1 text 2 of them"), ("", "unclear"), ("y", "1 text y"),
        ("0", "unclear"), ("-9223372036854775808", "unclear"), ("9223372036854775807", "unclear"),
    ])
    func `a choice takes its number or own words`(line: String, meaning: String) {
        #expect(self.meaning(line, [Self.choice]) == meaning)
    }

    @Test func `a question without options takes any text, and nobody asked means nothing`() {
        #expect(self.meaning("3", [Self.free]) == "1 text 3")
        #expect(self.meaning("y", []) == "unrelated")
    }

    @Test(arguments: [
        ("y", "unclear"), ("Always", "unclear"), ("n", "unclear"), (" y", "unrelated"), ("yes please", "unrelated"), ("", "unrelated"),
    ])
    func `a letter for what was answered elsewhere goes nowhere, once`(line: String, meaning: String) {
        var desk = QuestionDesk()
        _ = desk.ask(Self.permission)
        #expect(desk.lose(Self.permission.id.description) != nil)
        #expect(Self.name(desk.meaning(of: line)) == meaning)
        #expect(Self.name(desk.meaning(of: line)) == "unrelated")
    }

    @Test(arguments: [("y", "unclear"), ("a", "unclear"), ("n", "2 refuse"), ("2 y", "2 allow"), ("v", "view 2")])
    func `a yes to what was answered elsewhere is no yes to the next question`(line: String, meaning: String) {
        var desk = QuestionDesk()
        let second = question(detail: "+y", always: "allow y")
        for question in [Self.permission, second] { _ = desk.ask(question) }
        _ = desk.lose(Self.permission.id.description)
        #expect(Self.name(desk.meaning(of: line)) == meaning)
        #expect(Self.name(desk.meaning(of: "y")) == "2 allow")
    }

    @Test func `numbers stay while others are answered, and begin again at one`() {
        var desk = QuestionDesk()
        _ = desk.ask(Self.permission)
        let second = desk.ask(Self.plain)
        let again = desk.ask(Self.plain)
        let first = desk.close(Self.permission.id.description)
        let third = desk.ask(Self.choice)
        #expect([first?.number, second?.number, again?.number, third?.number] == [1, 2, nil, 3])
        #expect(desk.open.map(\.number) == [2, 3])
        _ = desk.close(Self.plain.id.description)
        _ = desk.close(Self.choice.id.description)
        let closedTwice = desk.close(Self.choice.id.description)
        #expect(closedTwice == nil)
        let fresh = desk.ask(Self.free)
        #expect(fresh?.number == 1)
    }
}
