extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        if let decoder = decoder as? JSONValueDecoder {
            self = decoder.value
            return
        }
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .int(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .int(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSON {
    /// A value could not become JSON, or JSON did not have the shape of the wanted type.
    package struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
        /// Where, as `tasks[3].title`; empty for the whole value.
        package let path: String
        package let reason: String

        package init(path: String, reason: String) {
            self.path = path
            self.reason = reason
        }

        package var description: String { path.isEmpty ? "\(reason)." : "At \(path): \(reason)." }
    }

    /// The JSON of any `Encodable` value.
    ///
    /// Refused: numbers that are not finite, and unsigned integers beyond `Int64`.
    package init(encoding value: some Encodable) throws(ShapeError) {
        let node = JSONNode()
        do {
            try JSONValueEncoder(node: node, codingPath: []).encode(value)
        } catch EncodingError.invalidValue(_, let context) {
            throw ShapeError(path: ShapeError.text(of: context.codingPath), reason: context.debugDescription)
        } catch {
            throw ShapeError(path: "", reason: "\(error)")
        }
        self = node.json
    }

    /// This value as a `Decodable` type.
    package func decode<T: Decodable>(as type: T.Type = T.self) throws(ShapeError) -> T {
        do {
            return try JSONValueDecoder(value: self, codingPath: []).unbox(type)
        } catch let error as DecodingError {
            throw ShapeError(error)
        } catch {
            throw ShapeError(path: "", reason: "\(error)")
        }
    }
}

extension JSON.ShapeError {
    fileprivate init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(path: Self.text(of: context.codingPath), reason: "the key \"\(key.stringValue)\" is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            self.init(path: Self.text(of: context.codingPath), reason: context.debugDescription)
        @unknown default:
            self.init(path: "", reason: "\(error)")
        }
    }

    fileprivate static func text(of path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text
    }
}

/// The key of an array's element, or of `super`.
enum JSONKey: CodingKey {
    case index(Int)
    case name(String)

    init?(stringValue: String) { self = .name(stringValue) }
    init?(intValue: Int) { self = .index(intValue) }

    var stringValue: String {
        switch self {
        case .index(let index): "\(index)"
        case .name(let name): name
        }
    }

    var intValue: Int? {
        if case .index(let index) = self { index } else { nil }
    }
}
