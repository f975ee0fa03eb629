import LoomSystem
import Testing

@Suite struct JSONTests {
    @Test(
        arguments: [
            ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-1", -1), ("1.5", 1.5), ("1e2", .number(100)),
            ("-0", .number(-0.0)),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            (#""""#, ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\ud83d\ude00""#, "é😀"),
            (#""\ud83dx\ude00""#, "\u{FFFD}x\u{FFFD}"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"), ("[]", []), ("{}", [:]), ("[1,[2],{\"a\":null}]", [1, [2], ["a": .null]]),
            ("{\"a\":1,\"a\":2}", ["a": 2]), ("\u{FEFF}1", 1), ("1E+2", .number(100)), ("0.1e-1", .number(0.01)),
        ] as [(String, JSON)])
    func `a document is parsed`(text: String, expected: JSON) throws {
        #expect(try JSON.parse(text) == expected)
        #expect(try JSON.parse(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("", 1, 1), (" ", 1, 2), ("nul", 1, 1), ("nulll", 1, 5), ("01", 1, 1), ("-", 1, 2), ("1.", 1, 3), ("1e", 1, 3), ("+1", 1, 1),
        (".5", 1, 1),
        ("[1,]", 1, 4), ("[1 2]", 1, 4), ("{\"a\"}", 1, 5), ("{a:1}", 1, 2), ("{\"a\":1,}", 1, 8), ("\"abc", 1, 5), ("\"a\nb\"", 1, 3),
        ("\"\\x\"", 1, 3), ("\"\\u12g4\"", 1, 6), ("[\n  é]", 2, 3), ("[\n\"é\" x]", 2, 5), ("1 2", 1, 3), ("1e999", 1, 1), ("NaN", 1, 1),
        ("'a'", 1, 1),
        ("[", 1, 2), ("{", 1, 2), ("\"\\", 1, 3), ("\"\\u12", 1, 6),
    ])
    func `a fault is reported where it is`(text: String, line: Int, column: Int) {
        let error = #expect(throws: JSON.ParseError.self) { try JSON.parse(text) }
        #expect(error.map { [$0.line, $0.column] } == [line, column], "\(error?.description ?? "")")
    }

    @Test func `an error text says where and what`() {
        let error = #expect(throws: JSON.ParseError.self) { try JSON.parse("{\n  \"a\": tru\n}") }
        #expect(error?.description == "Not valid JSON at line 2, column 8: expected a value, found \"t\".")
        #expect(error?.offset == 9)
    }

    @Test func `depth is limited, not the stack`() throws {
        let deep = JSON.maximumDepth
        #expect(throws: Never.self) { try JSON.parse(String(repeating: "[", count: deep) + String(repeating: "]", count: deep)) }
        #expect(throws: JSON.ParseError.self) { try JSON.parse(String(repeating: "[", count: deep + 1)) }
        #expect(throws: JSON.ParseError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 1_000_000)) }
    }

    @Test(
        arguments: [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22]]
            as [[UInt8]])
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: JSON.ParseError.self) { try JSON.parse(bytes) }
    }

    @Test func `text is sorted, minimal and leaves slashes alone`() {
        let value: JSON = ["b": [1, 2.0, 1e100], "a/b": "x/\u{1}\u{7f}é", "ab": [:], "Z": [], "é": .null]
        #expect(value.text() == #"{"Z":[],"a/b":"x/\u0001"# + "\u{7f}" + #"é","ab":{},"b":[1,2.0,1e+100],"é":null}"#)
        #expect(JSON.number(.infinity).text() == "null")
    }

    @Test func `pretty text is indented by two`() {
        let value: JSON = ["a": [1, ["b": true]], "c": [], "d": [:]]
        #expect(value.text(pretty: true) == "{\n  \"a\": [\n    1,\n    {\n      \"b\": true\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}")
    }

    @Test func `what is written is what is read`() throws {
        let seeded = Seeded()
        for _ in 0..<3_000 {
            let value = seeded.json()
            let text = value.text()
            #expect(try JSON.parse(text) == value, seeded.comment)
            #expect(try JSON.parse(text).text() == text, seeded.comment)
            #expect(try JSON.parse(value.bytes(pretty: true)) == value, seeded.comment)
        }
    }

    @Test func `no input crashes the parser`() {
        let seeded = Seeded()
        let alphabet = Array("{}[]\",:\\u0123456789dDeE+-.truefalsn \n\u{FEFF}é".utf8) + [0xFF, 0xED, 0xA0]
        for _ in 0..<20_000 {
            let bytes = (0..<seeded.number(0...24)).map { _ in alphabet[seeded.number(0...alphabet.count - 1)] }
            if let value = try? JSON.parse(bytes) { #expect((try? JSON.parse(value.text())) == value, seeded.comment) }
        }
    }

    @Test func `every cut of a document is an error or a document, never a crash`() {
        let text = #"{"a":[1,-2.5e3,"\u00e9\ud83d\ude00\n",true,null],"b":{"c":"é"}}"#
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count {
            #expect(throws: JSON.ParseError.self) { try JSON.parse(Array(bytes[..<end])) }
        }
    }

    @Test func `members and elements are reached by subscript`() {
        var value: JSON = ["a": ["b": [10, 20]], "n": 3.0]
        #expect(value["a"]?["b"]?[1] == 20)
        #expect(value["a"]?["b"]?[2] == nil)
        #expect(value["a"]?["b"]?[-1] == nil)
        #expect(value["a"]?["x"]?["y"] == nil)
        #expect(value["n"]?.intValue == 3)
        #expect(JSON.number(3.5).intValue == nil)
        #expect(JSON.number(1e300).intValue == nil)
        #expect(JSON.int(3).doubleValue == 3)
        value["a"] = nil
        value["c"] = "new"
        #expect(value == ["n": 3.0, "c": "new"])
        var other = JSON.null
        other["a"] = 1
        #expect(other == ["a": 1])
    }
}
