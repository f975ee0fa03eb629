package import LoomSystem

extension Parameter {
    /// What is wrong with a `parameters` table: which field, and why.
    package struct Fault: Error, Hashable {
        /// The field's path in the plugin's table, `parameters`, `path`, `type`.
        package let path: [String]
        package let reason: String
    }

    private static let fields = [
        "type", "description", "required", "enum", "default", "minimum", "maximum", "items", "properties",
    ]

    /// Reads a plugin's `parameters`: a table of names to declarations.
    package static func arguments(from table: JSON) throws(Fault) -> Parameter {
        Parameter(.object(try properties(from: table, path: ["parameters"])))
    }

    private static func properties(from table: JSON, path: [String]) throws(Fault) -> [String: Parameter] {
        guard let members = table.members else {
            throw Fault(path: path, reason: "must be a table of argument names, got \(table.kind)")
        }
        var result: [String: Parameter] = [:]
        for (name, declaration) in members.sorted(by: { $0.key < $1.key }) {
            result[name] = try Parameter(from: declaration, path: path + [name])
        }
        return result
    }

    private init(from declaration: JSON, path: [String]) throws(Fault) {
        guard let members = declaration.members else {
            throw Fault(path: path, reason: "must be a table such as { type = \"string\" }, got \(declaration.kind)")
        }
        for name in members.keys.sorted() where !Self.fields.contains(name) {
            throw Fault(path: path + [name], reason: "is not a field of a parameter" + NearestName.hint(name, in: Self.fields))
        }
        let reader = Reader(members: members, path: path)
        self.init(try reader.shape())
        description = try reader.string("description")
        isRequired = try reader.boolean("required") ?? false
        minimum = try reader.bound("minimum", of: shape)
        maximum = try reader.bound("maximum", of: shape)
        if let minimum, let maximum, minimum > maximum {
            throw Fault(path: path + ["maximum"], reason: "is less than minimum")
        }
        choices = try reader.choices(for: self)
        if let value = members["default"] {
            guard !isRequired else { throw Fault(path: path + ["default"], reason: "has no use: the argument is required") }
            do {
                defaultValue = try coerce(value, at: "default")
            } catch {
                throw Fault(path: path + ["default"], reason: "does not fit its own declaration: \(error.reason)")
            }
        }
    }

    private struct Reader {
        let members: [String: JSON]
        let path: [String]

        func shape() throws(Fault) -> Shape {
            guard let type = members["type"] else {
                throw Fault(path: path, reason: "has no type; give it type = one of \(Parameter.typeNames.joined(separator: ", "))")
            }
            guard let name = type.stringValue, Parameter.typeNames.contains(name) else {
                let hint = NearestName.hint(type.stringValue ?? "", in: Parameter.typeNames)
                throw Fault(path: path + ["type"], reason: "is \(type.text()), which is no type\(hint)")
            }
            if members["items"] != nil, name != "array" {
                throw Fault(path: path + ["items"], reason: "belongs to type array, not \(name)")
            }
            if members["properties"] != nil, name != "object" {
                throw Fault(path: path + ["properties"], reason: "belongs to type object, not \(name)")
            }
            switch name {
            case "string": return .string
            case "integer": return .integer
            case "number": return .number
            case "boolean": return .boolean
            case "array":
                guard let items = members["items"] else { return .array(nil) }
                return .array(try Parameter(from: items, path: path + ["items"]))
            default:
                guard let table = members["properties"] else { return .object(nil) }
                return .object(try Parameter.properties(from: table, path: path + ["properties"]))
            }
        }

        func string(_ name: String) throws(Fault) -> String? {
            guard let value = members[name] else { return nil }
            guard let text = value.stringValue else { throw Fault(path: path + [name], reason: "must be a string, got \(value.kind)") }
            return text
        }

        func boolean(_ name: String) throws(Fault) -> Bool? {
            guard let value = members[name] else { return nil }
            guard let flag = value.boolValue else { throw Fault(path: path + [name], reason: "must be a boolean, got \(value.kind)") }
            return flag
        }

        func bound(_ name: String, of shape: Shape) throws(Fault) -> Double? {
            guard let value = members[name] else { return nil }
            guard shape == .integer || shape == .number else {
                throw Fault(path: path + [name], reason: "belongs to the types integer and number")
            }
            guard let number = value.doubleValue else {
                throw Fault(path: path + [name], reason: "must be a number, got \(value.kind)")
            }
            return number
        }

        func choices(for parameter: Parameter) throws(Fault) -> [JSON]? {
            guard let value = members["enum"] else { return nil }
            guard let elements = value.arrayValue, !elements.isEmpty else {
                throw Fault(path: path + ["enum"], reason: "must be a list of the values allowed")
            }
            var choices: [JSON] = []
            for element in elements {
                do {
                    choices.append(try parameter.coerce(element, at: "enum"))
                } catch {
                    throw Fault(path: path + ["enum"], reason: "holds \(element.text()), which is no \(parameter.typeName)")
                }
            }
            return choices
        }
    }
}

extension JSON {
    /// The members of an object, or none for an empty list: an empty Lua table is both.
    var members: [String: JSON]? {
        if let members = objectValue { return members }
        return arrayValue?.isEmpty == true ? [:] : nil
    }
}
