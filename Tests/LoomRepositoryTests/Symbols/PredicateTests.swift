import Testing

@testable import LoomRepository

@Suite struct PredicateSymbolsTests {
    private static let texts: [UInt32: String] = [0: "one", 1: "one", 2: "two"]

    @Test(
        arguments: [
            ("eq?", [.capture(0), .text("one")], true), ("eq?", [.capture(0), .capture(1)], true),
            ("eq?", [.capture(0), .capture(2)], false), ("eq?", [.capture(9), .text("")], true),
            ("not-eq?", [.capture(0), .text("one")], false), ("not-eq?", [.capture(2), .text("one")], true),
            ("match?", [.capture(0), .text("^o")], true), ("match?", [.capture(2), .text("o$")], true),
            ("match?", [.capture(2), .text("^o")], false), ("not-match?", [.capture(2), .text("^o")], true),
            ("any-of?", [.capture(2), .text("one"), .text("two")], true), ("any-of?", [.capture(2), .text("one")], false),
            ("not-any-of?", [.capture(2), .text("one")], true), ("strip!", [.capture(0), .text("x")], true),
        ] as [(String, [Predicate.Operand], Bool)])
    func `predicates hold`(name: String, operands: [Predicate.Operand], holds: Bool) throws {
        #expect(try #require(Predicate(name, operands)).holds { Self.texts[$0] ?? "" } == holds)
    }

    @Test(
        arguments: [
            ("is-not?", [.text("local")]), ("eq?", [.capture(0)]), ("match?", [.capture(0), .text("(")]),
            ("match?", [.capture(0), .capture(1)]), ("weather?", []),
        ] as [(String, [Predicate.Operand])])
    func `what cannot be evaluated is not known`(name: String, operands: [Predicate.Operand]) {
        #expect(Predicate(name, operands) == nil)
    }
}
