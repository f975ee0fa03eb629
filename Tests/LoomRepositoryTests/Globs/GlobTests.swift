import LoomRepository
import Testing

@Suite struct GlobTests {
    @Test(
        "matches",
        arguments: [
            ("*.swift", "main.swift", true), ("*.swift", "a/b/main.swift", true), ("*.swift", "main.swift.orig", false),
            ("./*.swift", "main.swift", true), ("./*.swift", "a/main.swift", false), ("/a", "b/a", false), ("./a/b", "a/b", true),
            ("a/*.c", "a/x.c", true), ("a/*.c", "a/b/x.c", false), ("a/*.c", "b/a/x.c", false),
            ("a/**/*.c", "a/x.c", true), ("a/**/*.c", "a/b/c/x.c", true), ("a/**/*.c", "ab/x.c", false),
            ("**/x.c", "x.c", true), ("**/x.c", "a/b/x.c", true), ("**/x.c", "a/yx.c", false),
            ("a/**", "a/b/c", true), ("a/**", "a", false), ("a/**", "ab/c", false), ("**", "a/b/.c", true),
            ("a**b", "axxb", true), ("a/x**y/b", "a/xzy/b", true), ("a/x**y/b", "a/xz/zy/b", false),
            ("?.c", "é.c", true), ("?.c", "ab.c", false), ("a/?", "a//", false),
            ("[a-c]x", "bx", true), ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true), ("[^a-c]x", "ax", false),
            ("[]]x", "]x", true), ("[a-]x", "-x", true), ("[[:digit:]]x", "7x", true), ("a/[!x]b", "a//b", false),
            ("*.{c,h}", "x.h", true), ("*.{c,h}", "x.m", false), ("{a,b{c,d}}", "bd", true), ("{a,b{c,d}}", "b", false),
            ("x{,y}", "x", true), ("{src/*.c,*.md}", "src/a.c", true), ("{src/*.c,*.md}", "deep/down/r.md", true),
            ("[{]x", "{x", true), ("\\{a\\}", "{a}", true), ("\\*", "*", true), ("\\*", "x", false), ("a}", "a}", true),
            (".*", ".hidden", true), ("*", ".hidden", true), ("A.c", "a.c", false), ("*", "", true),
        ])
    func matches(_ pattern: String, _ path: String, _ expected: Bool) throws {
        #expect(try Glob(pattern).matches(path) == expected, "\(pattern) on \(path)")
    }

    @Test(
        "says what is wrong with a pattern, and what to write instead",
        arguments: [
            ("", "The glob \"\" can't be read: it is empty. Write ** for all files."),
            ("[a", "The glob \"[a\" can't be read: a [ has no closing ]. Write \\[ for a bracket in a name."),
            ("{a,b", "The glob \"{a,b\" can't be read: a { has no closing }. Write \\{ for a brace in a name."),
            ("a\\", "The glob \"a\\\" can't be read: it ends in a single \\. Write \\\\ for a backslash in a name."),
            (
                "[[:word:]]",
                "The glob \"[[:word:]]\" can't be read: there is no character class [:word:]. "
                    + "Try alpha, digit, alnum, upper, lower or space."
            ),
        ])
    func malformed(_ pattern: String, _ text: String) {
        #expect {
            try Glob(pattern)
        } throws: { error in
            "\(error)" == text
        }
    }

    @Test(
        "a pattern that would take all of the stack or the memory is refused in a sentence",
        arguments: [
            (String(repeating: "{a,b}", count: 40), "its braces stand for more than 256 patterns. Use fewer."),
            ("{" + String(repeating: "a,", count: 300) + "}", "its braces stand for more than 256 patterns. Use fewer."),
            (
                String(repeating: "{" + String(repeating: ",", count: 250) + "}", count: 8),
                "its braces stand for more than 256 patterns. Use fewer."
            ),
            (String(repeating: "{", count: 17), "its braces stand more than 16 deep in each other. Use fewer."),
            (String(repeating: "{", count: 4_000), "its braces stand more than 16 deep in each other. Use fewer."),
            (String(repeating: "{", count: 60_000), "it has more than 4096 bytes. Write a shorter one."),
            (String(repeating: "a", count: 4_097), "it has more than 4096 bytes. Write a shorter one."),
        ])
    func bounds(_ pattern: String, _ reason: String) {
        #expect {
            try Glob(pattern)
        } throws: { error in
            "\(error)".hasSuffix(" can't be read: \(reason)") && "\(error)".utf8.count < 4_300
        }
    }

    @Test func `braces of a pattern may be as many and as deep as the bounds say`() throws {
        let deep = try Glob(String(repeating: "{a,", count: 16) + "b" + String(repeating: "}", count: 16))
        #expect(deep.matches("b") && deep.matches("a") && !deep.matches("c"))
        #expect(try Glob(String(repeating: "{a,b}", count: 8)).matches("abababab"))
        #expect(try Glob(String(repeating: "a", count: 4_096)).matches(String(repeating: "a", count: 4_096)))
    }

    @Test func `a pattern made to backtrack ends`() throws {
        let glob = try Glob("/" + String(repeating: "*a", count: 40) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 4_000)))
        let folders = try Glob(String(repeating: "**/a/", count: 20) + "b")
        #expect(!folders.matches(String(repeating: "a/", count: 1_000) + "c"))
    }
}
