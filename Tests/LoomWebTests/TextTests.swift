import LoomSystem
import Testing

@testable import LoomWeb

@Suite struct TextTests {
    @Test(
        "markup becomes text",
        arguments: [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onmouseover=\"x", "&quot; onmouseover=&quot;x"),
            ("it's & that", "it&#39;s &amp; that"),
            // A combining mark makes one Character of two scalars; browsers read scalars.
            ("\"\u{301} onmouseover='\u{301}x", "&quot;\u{301} onmouseover=&#39;\u{301}x"),
            ("<\u{338}b>\u{20DD}", "&lt;\u{338}b&gt;\u{20DD}"),
            ("&\u{200D}lt;", "&amp;\u{200D}lt;"),
            ("a\0b", "a\u{FFFD}b"),
            ("plain – text 👩‍👩‍👧", "plain – text 👩‍👩‍👧"),
        ])
    func escapes(_ text: String, _ expected: String) {
        #expect(HTMLText().escapeText(text).unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test("no text whatever leaves a character that ends text or an attribute")
    func escapesAnything() {
        let seed = LiveRandom().next()
        let random = SeededRandom(seed: seed)
        let alphabet: [Unicode.Scalar] = [
            "<", ">", "\"", "'", "&", "a", ";", "\u{301}", "\u{200D}", "\u{FE0F}", "\r", "\n", "\u{1F469}", "\u{338}",
        ]
        for _ in 0..<500 {
            let scalars = (0..<random.next(in: 0...24)).map { _ in alphabet[random.next(in: 0...alphabet.count - 1)] }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let escaped = HTMLText().escapeText(text)
            #expect(!escaped.utf8.contains { "<>\"'".utf8.contains($0) }, "seed \(seed)")
            var back = escaped
            for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
                back = String(decoding: Array(back.utf8).replacing(Array(entity.utf8), with: Array(character.utf8)), as: UTF8.self)
            }
            #expect(back.unicodeScalars.elementsEqual(scalars), "seed \(seed)")
        }
    }

    @Test("no template can show text as it is")
    func templatesEscape() throws {
        _ = try Templates()
        for (name, text) in Templates.sources {
            #expect(!text.contains("{{{") && !text.contains("{{&") && !text.contains("CONTENT_TYPE"), "template \(name)")
            #expect(!text.contains(" style=") && !text.contains(" onclick="), "the policy would block part of template \(name)")
        }
    }

    @Test(
        "tokens are short",
        arguments: [
            (0, "0"), (940, "940"), (999, "999"), (1_000, "1k"), (9_449, "9.4k"), (12_345, "12k"), (200_000, "200k"), (999_499, "999k"),
            (999_500, "1M"), (1_250_000, "1.3M"), (-5, "0"),
        ])
    func shortens(_ count: Int, _ expected: String) { #expect(Figures.short(count) == expected) }

    @Test(
        "money has cents and no surprises",
        arguments: [
            (0, "$0.00"), (-1, "$0.00"), (.nan, "$0.00"), (0.004, "<$0.01"), (0.005, "$0.01"), (0.314, "$0.31"), (5, "$5.00"),
            (1_234.5, "$1234.50"),
            (.infinity, "$0.00"),
        ] as [(Double, String)])
    func prices(_ amount: Double, _ expected: String) { #expect(Figures.dollars(amount) == expected) }

    @Test(
        "percent stays between 0 and 100",
        arguments: [(1.0, 0.0, 0), (1, 4, 25), (9, 4, 100), (-1, 4, 0), (.nan, 4, 0)] as [(Double, Double, Int)])
    func shares(_ part: Double, _ whole: Double, _ expected: Int) { #expect(Figures.percent(part, of: whole) == expected) }

    @Test(
        "a long text has one line and the whole",
        arguments: [
            ("short", "short", nil), ("", "", nil), ("\n\nonly\n", "only", nil), ("one\ntwo", "one …", "one\ntwo"),
            ("123456789012", "123456789…", "123456789012"),
        ] as [(String, String, String?)])
    func folds(_ text: String, _ line: String, _ whole: String?) {
        let excerpt = Excerpt(text, width: 10)
        #expect(excerpt.line == line)
        #expect(excerpt.whole == whole)
    }

    @Test("segments of a path survive", arguments: ["ada", "grace hopper", "ä/ö?#%", "..", ""])
    func encodes(_ name: String) {
        let encoded = PathSegment.encode(name)
        #expect(PathSegment.decode(encoded) == name)
        #expect(!encoded.contains("/") && !encoded.contains("?") && !encoded.contains(" "))
    }

    @Test("broken escapes are refused", arguments: ["%", "%4", "%zz", "%ff"])
    func refuses(_ segment: String) { #expect(PathSegment.decode(segment) == nil) }

    @Test(
        "the way back never leaves the page",
        arguments: [
            ("/agents/ada?all=1", "/agents/ada?all=1"), (nil, "/"), ("", "/"), ("https://evil.example/", "/"), ("//evil.example", "/"),
            ("/\\evil.example", "/"), ("/\t/evil.example", "/"), ("/a\r\nSet-Cookie: x=y", "/"), ("javascript:alert(1)", "/"),
        ] as [(String?, String)])
    func staysHere(_ text: String?, _ expected: String) { #expect(PathSegment.local(text) == expected) }

    @Test(
        "times are relative and exact",
        arguments: [
            (0, "now"), (4, "now"), (12, "12 s ago"), (75, "1 min ago"), (7_200, "2 h ago"), (200_000, "2 d ago"), (-30, "now"),
        ])
    func ages(_ seconds: Int, _ expected: String) {
        let time = Timestamp(seconds: 1_767_225_600)
        let moment = Moment(time, now: time + .seconds(seconds))
        #expect(moment.relative == expected)
        #expect(moment.exact == "2026-01-01 00:00:00 UTC")
        #expect(moment.machine == "2026-01-01T00:00:00.000Z")
    }

    @Test("only a diff is coloured as one")
    func colours() {
        #expect(DiffLine.lines(of: "+ a list\n- of things\n").map(\.kind) == ["same", "same"])
        let diff = DiffLine.lines(of: "--- a\n+++ a\n@@ -1 +1 @@\n-old\n+new\n same")
        #expect(diff.map(\.kind) == ["place", "place", "place", "removed", "added", "same"])
    }
}
