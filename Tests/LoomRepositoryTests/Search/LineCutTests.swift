import Testing

@testable import LoomRepository

@Suite struct LineCutTests {
    @Test(
        "cuts around the match",
        arguments: [
            ("short\n", 0, "short"), ("short\r\n", 0, "short"), ("", 0, ""),
            ("0123456789abcdefghij_", 0, "0123456789abcdefghij…"), ("0123456789abcdefghij_", 20, "…123456789abcdefghij_"),
            ("0123456789abcdefghij0123456789abcdefghij", 20, "…efghij0123456789abcd…"),
            // Two bytes each: the half characters at both ends are left out.
            ("éééééééééééééééééééé", 21, "…ééééééééé…"), ("aéééééééééééééééééé", 0, "aééééééééé…"),
        ])
    func cuts(_ line: String, _ offset: Int, _ expected: String) {
        #expect(line.cut(to: 20, around: offset) == expected)
    }
}
