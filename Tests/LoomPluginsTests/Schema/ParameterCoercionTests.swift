import LoomSystem
import Testing

@testable import LoomPlugins

@Suite struct ParameterCoercionTests {
    private static let declaration: JSON = [
        "path": ["type": "string", "required": true, "description": "file to read"],
        "limit": ["type": "integer", "minimum": 1, "maximum": 100, "default": 10],
        "ratio": ["type": "number"],
        "deep": ["type": "boolean"],
        "mode": ["type": "string", "enum": ["files", "lines"]],
        "tags": ["type": "array", "items": ["type": "string"]],
        "members": [
            "type": "array",
            "items": [
                "type": "object",
                "properties": ["name": ["type": "string", "required": true], "age": ["type": "integer", "default": 1]],
            ],
        ],
        "extra": ["type": "object"],
    ]

    private func validate(_ arguments: JSON) throws -> JSON {
        try Parameter.arguments(from: Self.declaration).validate(arguments)
    }

    @Test(
        "What models commonly write instead is put right",
        arguments: [
            (["path": "a"], ["path": "a", "limit": 10]),
            (["path": 7, "limit": "5"], ["path": "7", "limit": 5]),
            (["path": 1.5, "limit": 5.0], ["path": "1.5", "limit": 5]),
            (["path": "a", "ratio": "0.5", "deep": "true"], ["path": "a", "limit": 10, "ratio": 0.5, "deep": true]),
            (["path": "a", "ratio": 2, "deep": "False"], ["path": "a", "limit": 10, "ratio": 2, "deep": false]),
            (["path": "a", "mode": nil, "limit": nil], ["path": "a", "limit": 10]),
            (["path": "a", "tags": [1, "b"]], ["path": "a", "limit": 10, "tags": ["1", "b"]]),
            (["path": "a", "tags": "[\"x\"]"], ["path": "a", "limit": 10, "tags": ["x"]]),
            (["path": "a", "tags": [:]], ["path": "a", "limit": 10, "tags": []]),
            (["path": "a", "members": [["name": "ada"]]], ["path": "a", "limit": 10, "members": [["name": "ada", "age": 1]]]),
            (["path": "a", "extra": ["any": [1]]], ["path": "a", "limit": 10, "extra": ["any": [1]]]),
        ] as [(JSON, JSON)])
    func coerces(_ given: JSON, _ wanted: JSON) throws {
        #expect(try validate(given) == wanted)
    }

    @Test(
        "What does not fit is one line that says how it should be",
        arguments: [
            ([:], "missing required argument \"path\" (string: file to read)"),
            (nil, "missing required argument \"path\" (string: file to read)"),
            (["path": nil], "missing required argument \"path\" (string: file to read)"),
            (["path": "a", "limt": 1], "unknown argument \"limt\"; did you mean \"limit\"?"),
            (["path": true], "argument \"path\" must be a string, got boolean true"),
            (["path": "a", "limit": "x"], "argument \"limit\" must be an integer, got string \"x\""),
            (["path": "a", "limit": 1.5], "argument \"limit\" must be an integer, got number 1.5"),
            (["path": "a", "limit": 0], "argument \"limit\" must be at least 1, got integer 0"),
            (["path": "a", "limit": "101"], "argument \"limit\" must be at most 100, got string \"101\""),
            (["path": "a", "mode": "file"], "argument \"mode\" must be one of \"files\", \"lines\", got string \"file\""),
            (["path": "a", "tags": "x"], "argument \"tags\" must be an array, got string \"x\""),
            (["path": "a", "members": [["nam": "x"]]], "unknown argument \"members[1].nam\"; did you mean \"name\"?"),
            (["path": "a", "members": [["name": "x"], [:]]], "missing required argument \"members[2].name\" (string)"),
            ([1], "the arguments must be an object, got array [1]"),
        ] as [(JSON, String)])
    func refuses(_ given: JSON, _ reason: String) {
        #expect(throws: Parameter.Mismatch(reason: reason)) { try validate(given) }
    }

    @Test("A tool without parameters says so")
    func noParameters() throws {
        let none = try Parameter.arguments(from: [:])
        #expect(try none.validate(nil) == [:])
        #expect(throws: Parameter.Mismatch(reason: "unknown argument \"x\"; it takes none")) { try none.validate(["x": 1]) }
    }

    @Test("The schema is JSON Schema with stable bytes")
    func schema() throws {
        let schema = try Parameter.arguments(from: Self.declaration).schema
        #expect(schema["required"] == ["path"])
        #expect(schema["properties"]?["limit"] == ["type": "integer", "minimum": 1, "maximum": 100, "default": 10])
        #expect(schema["properties"]?["mode"] == ["type": "string", "enum": ["files", "lines"]])
        #expect(
            schema["properties"]?["members"] == [
                "type": "array",
                "items": [
                    "type": "object", "required": ["name"],
                    "properties": ["name": ["type": "string"], "age": ["type": "integer", "default": 1]],
                ],
            ])
        #expect(try Parameter.arguments(from: Self.declaration).schema.text() == schema.text())
    }

    @Test(
        "A wrong declaration names its field",
        arguments: [
            (["a": ["type": "strng"]], ["a", "type"], "is \"strng\", which is no type; did you mean \"string\"?"),
            (["a": [:]], ["a"], "has no type; give it type = one of string, integer, number, boolean, array, object"),
            (["a": "string"], ["a"], "must be a table such as { type = \"string\" }, got string"),
            (["a": ["type": "string", "requird": true]], ["a", "requird"], "is not a field of a parameter; did you mean \"required\"?"),
            (["a": ["type": "string", "minimum": 1]], ["a", "minimum"], "belongs to the types integer and number"),
            (["a": ["type": "integer", "minimum": 3, "maximum": 1]], ["a", "maximum"], "is less than minimum"),
            (
                ["a": ["type": "integer", "default": "x"]], ["a", "default"],
                "does not fit its own declaration: argument \"default\" must be an integer, got string \"x\""
            ),
            (["a": ["type": "integer", "default": 1, "required": true]], ["a", "default"], "has no use: the argument is required"),
            (["a": ["type": "string", "enum": []]], ["a", "enum"], "must be a list of the values allowed"),
            (["a": ["type": "string", "items": [:]]], ["a", "items"], "belongs to type array, not string"),
            (
                ["a": ["type": "array", "items": ["type": "x"]]], ["a", "items", "type"],
                "is \"x\", which is no type; there is array, boolean, integer, number, object, string"
            ),
        ] as [(JSON, [String], String)])
    func wrongDeclaration(_ table: JSON, _ path: [String], _ reason: String) {
        #expect(throws: Parameter.Fault(path: ["parameters"] + path, reason: reason)) { try Parameter.arguments(from: table) }
    }
}
