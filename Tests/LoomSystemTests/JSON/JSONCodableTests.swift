import LoomSystem
import Testing

private struct Task: Codable, Hashable {
    enum State: Codable, Hashable {
        case open
        case done(by: String, at: Int)
    }
    enum Level: String, Codable { case low, high }

    var title: String
    var note: String?
    var tags: Set<String>
    var weight: Float
    var state: State
    var level: Level
    var children: [Task]
    var extra: JSON
    var sizes: [Int: UInt8]
    var grid: [[Double?]]
}

private class Base: Codable {
    var a = 1
}

private final class Derived: Base {
    var b = "two"
    private enum CodingKeys: CodingKey { case b }

    override init() { super.init() }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        b = try container.decode(String.self, forKey: .b)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(b, forKey: .b)
        try super.encode(to: container.superEncoder())
    }
}

@Suite struct JSONCodableTests {
    private let child = Task(
        title: "child", note: "n", tags: [], weight: -0.5, state: .open, level: .low, children: [], extra: .null, sizes: [:],
        grid: [[nil, 1]])

    @Test func `a structure goes to JSON and back`() throws {
        let task = Task(
            title: "t", note: nil, tags: ["x"], weight: 1.5, state: .done(by: "ada", at: 7), level: .high, children: [child],
            extra: ["any": [1, "two", .null]], sizes: [3: 255], grid: [])
        let json = try JSON(encoding: task)
        #expect(json["state"] == ["done": ["by": "ada", "at": 7]])
        #expect(json["note"] == nil)
        #expect(json["extra"] == ["any": [1, "two", .null]])
        #expect(json["sizes"] == ["3": 255])
        #expect(try json.decode(as: Task.self) == task)
        #expect(try JSON.parse(json.text()).decode(as: Task.self) == task)
    }

    @Test func `a class with a superclass goes to JSON and back`() throws {
        let derived = Derived()
        derived.a = 5
        let json = try JSON(encoding: derived)
        #expect(json == ["b": "two", "super": ["a": 5]])
        #expect(try json.decode(as: Derived.self).a == 5)
    }

    @Test func `single values and optionals are JSON too`() throws {
        #expect(try JSON(encoding: 5) == 5)
        #expect(try JSON(encoding: String?.none) == .null)
        #expect(try JSON.null.decode(as: Int?.self) == nil)
        #expect(try JSON.int(5).decode(as: Int?.self) == 5)
        #expect(try JSON.int(5).decode(as: Double.self) == 5)
        #expect(try JSON.number(5).decode(as: Int.self) == 5)
        #expect(try JSON(encoding: [JSON.null, 1]).decode(as: JSON.self) == [.null, 1])
    }

    @Test(
        arguments: [
            (["a": [["b": "x"]]], "At a[0].b: expected an integer, found string."),
            (["a": [[:]]], "At a[0]: the key \"b\" is missing."),
            (["a": 1], "At a: expected an array, found integer."),
            (["a": [["b": 300]]], "At a[0].b: expected an integer from 0 to 255, found 300."),
            (["a": [["b": 1.5]]], "At a[0].b: expected an integer from 0 to 255, found 1.5."),
            ([], "expected an object, found array."),
        ] as [(JSON, String)])
    func `a wrong shape is reported with its path`(json: JSON, text: String) {
        struct Inner: Decodable { var b: UInt8 }
        struct Outer: Decodable { var a: [Inner] }
        let error = #expect(throws: JSON.ShapeError.self) { try json.decode(as: Outer.self) }
        #expect(error?.description == text)
    }

    @Test func `what JSON can't hold is refused`() {
        #expect(throws: JSON.ShapeError.self) { try JSON(encoding: [Double.nan]) }
        let error = #expect(throws: JSON.ShapeError.self) { try JSON(encoding: ["n": [UInt64.max]]) }
        #expect(error?.path == "n[0]")
    }
}
