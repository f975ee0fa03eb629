import LoomSystem
import Testing

@testable import LoomKernel

@Suite("What a text is made of")
struct TextProfileTests {
    @Test(
        "is seen by its bytes",
        arguments: [
            ("", [:]),
            ("the quick fox", [.words: 3 * 0.86]),
            // A hump of camel case is a word of its own; an acronym is one word.
            ("readFile", [.words: 0.86 + 0.95]),
            ("HTTP", [.words: 0.86]),
            // What is longer than eight letters is seldom one token.
            ("incomprehensible", [.words: 0.86 + 8 * 0.62]),
            ("2026", [.numbers: 4 * 0.54]),
            ("f(x)", [.words: 2 * 0.86, .marks: 2 * 1.05]),
            ("});", [.marks: 0.95 + 3 * 0.1]),
            ("a\n\n    b", [.words: 2 * 0.86, .blanks: 1.1]),
            ("a\r\nb", [.words: 2 * 0.86, .blanks: 1]),
            ("größer", [.words: 0.86, .accents: 2 * 1.75]),
            ("École", [.words: 0.86, .accents: 1.75]),
            ("да нет", [.alphabets: 5 * 0.25 + 2 * 1.4]),
            ("नमस्ते", [.alphabets: 6 * 0.8]),
            ("名前はテスト", [.ideographs: 6 * 0.85]),
            ("한글", [.ideographs: 2 * 0.85]),
            ("«–»", [.marks: 3]),
            ("🙂", [.marks: 2.5]),
        ] as [(String, [TextKind: Double])])
    func table(text: String, amounts: [TextKind: Double]) {
        let profile = TextProfile(text)
        for kind in TextKind.allCases {
            #expect(abs(profile[kind] - (amounts[kind] ?? 0)) < 1e-9, "\(kind) of «\(text)»: \(profile[kind])")
        }
        #expect(profile.opaque == 0)
    }

    @Test("is the same whether it came at once or in pieces, cut anywhere", arguments: 0..<50)
    func pieces(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        let words = ["let x = 12", "größe", "\n\n\t", "名前", "Привет", "}}}", "aLongWordWithHumps", "🙂«»", "   ", "हिन्दी"]
        let text = (0..<40).map { _ in words[random.next(in: 0...words.count - 1)] }.joined(separator: " ")
        var whole = TextCounter()
        whole.add(text)
        var pieces = TextCounter()
        for byte in text.utf8 { pieces.add(byte) }
        #expect(pieces == whole, "seed \(seed)")
        let cut = text.index(text.startIndex, offsetBy: random.next(in: 0...text.count))
        var two = TextCounter()
        two.add(String(text[..<cut]))
        two.add(String(text[cut...]))
        #expect(two == whole, "seed \(seed)")
    }

    @Test("of a message counts frames, and holds pictures and thinking apart")
    func messages() {
        let call = ToolCall(id: "1", name: "read", arguments: ["path": "a"])
        #expect(TextProfile(Message(.user, [.text("hello")]))[.frames] == 4)
        #expect(TextProfile(Message(.assistant, [.toolCall(call)]))[.frames] == 12)
        let picture = Attachment(name: "p.png", mediaType: "image/png", hash: "h", bytes: 10_000)
        let profile = TextProfile(Message(.user, [.attachment(picture), .thinking("so it is", signature: nil)]))
        #expect(profile[.words] == 0)
        #expect(abs(profile.opaque - (1_500 + 3 * 0.86)) < 1e-9)
    }

    @Test("of a conversation is the same whether all of it is looked at or only what has changed", arguments: 0..<30)
    func conversations(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var profiles = MessageProfiles()
        var messages: [Message] = []
        for step in 0..<30 {
            switch random.next(in: 0...5) {
            case 0 where !messages.isEmpty: messages.removeLast(random.next(in: 1...messages.count))
            case 1 where !messages.isEmpty:
                messages[random.next(in: 0...messages.count - 1)].parts.append(.text("changed at \(step)"))
            default: messages.append(Message(.user, [.text(String(repeating: "word \(step) ", count: random.next(in: 0...20)))]))
            }
            profiles.update(messages)
            #expect(profiles.list == messages.map { TextProfile($0) }, "seed \(seed), step \(step)")
        }
    }

    @Test("grows by what is added, and is no growth where something is missing")
    func growth() {
        let (first, second) = (TextProfile("one two three"), TextProfile("名前 2"))
        #expect((first + second) - first == second)
        #expect(first - second == nil)
    }
}
