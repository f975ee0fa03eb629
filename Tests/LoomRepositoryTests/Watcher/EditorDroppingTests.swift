import Testing

@testable import LoomRepository

@Suite struct EditorDroppingTests {
    @Test(
        "is ignored",
        arguments: [
            ".a.swp", ".a.swx", "a~", ".#a", "#a#", "4913", "a.tmp", "a.swift.tmp.4711.1700000000", ".goutputstream-X1", ".loomkin-0a1b",
            "a.bak",
        ])
    func isIgnored(_ name: String) {
        #expect(EditorDropping.matches(name: name[...]))
    }

    @Test("is a file like others", arguments: ["a.lua", ".gitignore", "#a", "##", "49130", "tmp", "a.tmp.swift", "swp", ".env"])
    func isOrdinary(_ name: String) {
        #expect(!EditorDropping.matches(name: name[...]))
    }
}
