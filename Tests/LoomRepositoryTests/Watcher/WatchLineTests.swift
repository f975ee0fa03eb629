import Testing

@testable import LoomRepository

@Suite struct WatchLineTests {
    @Test(
        "reads",
        arguments: [
            ("ready", .ready), ("overflow", .overflow), ("create\t/a/b", .changed("/a/b")), ("write\t/a b", .changed("/a b")),
            ("delete\t/é", .changed("/é")), ("limit\t/a", .limit("/a")), ("gone\t/a", .gone("/a")),
            ("write\t/a\\tb\\nc\\rd\\\\e", .changed("/a\tb\nc\rd\\e")), ("write\t/a\\\\t", .changed("/a\\t")),
            ("write\t/a\tb", .changed("/a\tb")),
            ("sneeze\t/a", nil), ("", nil),
        ] as [(String, WatchLine?)])
    func reads(_ line: String, _ expected: WatchLine?) {
        #expect(WatchLine(Array(line.utf8)) == expected)
    }
}
