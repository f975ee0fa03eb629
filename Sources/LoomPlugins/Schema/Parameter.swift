package import LoomSystem

/// One argument of a tool, or a part of one, as a plugin's `parameters` table declares it.
package struct Parameter: Sendable, Hashable {
    package indirect enum Shape: Sendable, Hashable {
        case string, integer, number, boolean
        /// Nil: elements of any kind.
        case array(Parameter?)
        /// Nil: members of any name and kind.
        case object([String: Parameter]?)
    }

    package var shape: Shape
    package var description: String?
    package var isRequired = false
    package var defaultValue: JSON?
    /// The values allowed; nil for all of the shape.
    package var choices: [JSON]?
    package var minimum: Double?
    package var maximum: Double?

    package init(_ shape: Shape) { self.shape = shape }

    package static let typeNames = ["string", "integer", "number", "boolean", "array", "object"]

    package var typeName: String {
        switch shape {
        case .string: "string"
        case .integer: "integer"
        case .number: "number"
        case .boolean: "boolean"
        case .array: "array"
        case .object: "object"
        }
    }
}

extension Parameter {
    /// JSON Schema of it. Only what the vendors' dialects have in common is used.
    package var schema: JSON {
        var members: [String: JSON] = ["type": .string(typeName)]
        members["description"] = description.map { .string($0) }
        members["default"] = defaultValue
        members["enum"] = choices.map { .array($0) }
        members["minimum"] = minimum.map(Self.number)
        members["maximum"] = maximum.map(Self.number)
        switch shape {
        case .array(let element):
            members["items"] = element?.schema ?? .object([:])
        case .object(let properties?):
            members["properties"] = .object(properties.mapValues(\.schema))
            let required = properties.filter(\.value.isRequired).keys.sorted()
            if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        case .object(nil), .string, .integer, .number, .boolean:
            break
        }
        return .object(members)
    }

    /// A whole number without a fraction, so that `minimum = 1` is not sent as `1.0`.
    private static func number(_ value: Double) -> JSON {
        Int64(exactly: value).map { .int($0) } ?? .number(value)
    }
}
