package import LoomSystem

extension Parameter {
    /// Why an argument does not fit: one line the model reads.
    package struct Mismatch: Error, Hashable {
        package let reason: String
    }

    /// The arguments a tool runs with: types checked, what models commonly write instead put right, defaults filled in.
    package func validate(_ arguments: JSON) throws(Mismatch) -> JSON {
        guard case .object = shape else { return try coerce(arguments, at: "arguments") }
        return try coerce(arguments.isNull ? .object([:]) : arguments, at: "")
    }

    /// `place` is the argument's name with its path, `members[2].role`; empty for the arguments as a whole.
    func coerce(_ value: JSON, at place: String) throws(Mismatch) -> JSON {
        let result = try converted(value, at: place)
        if let choices, !choices.contains(result) {
            let allowed = choices.map { $0.text() }.joined(separator: ", ")
            throw Mismatch(reason: "argument \"\(place)\" must be one of \(allowed), got \(Self.shown(value))")
        }
        if let number = result.doubleValue {
            if let minimum, number < minimum {
                throw Mismatch(reason: "argument \"\(place)\" must be at least \(Self.shown(minimum)), got \(Self.shown(value))")
            }
            if let maximum, number > maximum {
                throw Mismatch(reason: "argument \"\(place)\" must be at most \(Self.shown(maximum)), got \(Self.shown(value))")
            }
        }
        return result
    }

    private func converted(_ value: JSON, at place: String) throws(Mismatch) -> JSON {
        switch (shape, value) {
        case (.string, .string), (.boolean, .bool), (.number, .int), (.number, .number), (.integer, .int):
            return value
        case (.string, .int), (.string, .number):
            return .string(value.text())
        case (.integer, .number(let number)):
            if let whole = Int64(exactly: number) { return .int(whole) }
        case (.integer, .string(let text)):
            if let whole = Self.integer(text) { return .int(whole) }
        case (.number, .string(let text)):
            if let whole = Self.integer(text) { return .int(whole) }
            if let number = Double(text.trimmed), number.isFinite { return .number(number) }
        case (.boolean, .string(let text)):
            switch text.trimmed.lowercased() {
            case "true": return true
            case "false": return false
            default: break
            }
        case (.array(let element), .array(let elements)):
            return try convert(elements, to: element, at: place)
        case (.array(let element), .object(let members)) where members.isEmpty:
            return try convert([], to: element, at: place)
        case (.object(let properties), _) where value.members != nil:
            return try convert(value.members ?? [:], to: properties, at: place)
        case (.array, .string(let text)), (.object, .string(let text)):
            // Models write a list or an object as a string of JSON now and then; anything else in the string is a mistake.
            if let parsed = try? JSON.parse(text), parsed.kind == typeName { return try converted(parsed, at: place) }
        default:
            break
        }
        let article = "aeio".contains(typeName.prefix(1)) ? "an" : "a"
        let subject = place.isEmpty ? "the arguments" : "argument \"\(place)\""
        throw Mismatch(reason: "\(subject) must be \(article) \(typeName), got \(Self.shown(value))")
    }

    private func convert(_ elements: [JSON], to element: Parameter?, at place: String) throws(Mismatch) -> JSON {
        guard let element else { return .array(elements) }
        var result: [JSON] = []
        for (index, value) in elements.enumerated() {
            result.append(try element.coerce(value, at: "\(place)[\(index + 1)]"))
        }
        return .array(result)
    }

    private func convert(_ members: [String: JSON], to properties: [String: Parameter]?, at place: String) throws(Mismatch) -> JSON {
        guard let properties else { return .object(members) }
        for name in members.keys.sorted() where properties[name] == nil {
            let hint = properties.isEmpty ? "; it takes none" : NearestName.hint(name, in: properties.keys)
            throw Mismatch(reason: "unknown argument \"\(Self.join(place, name))\"\(hint)")
        }
        var result: [String: JSON] = [:]
        for (name, parameter) in properties.sorted(by: { $0.key < $1.key }) {
            // Null is how many models leave an argument out.
            if let value = members[name], !value.isNull {
                result[name] = try parameter.coerce(value, at: Self.join(place, name))
            } else if let value = parameter.defaultValue {
                result[name] = value
            } else if parameter.isRequired {
                let about = parameter.description.map { ": \($0)" } ?? ""
                throw Mismatch(reason: "missing required argument \"\(Self.join(place, name))\" (\(parameter.typeName)\(about))")
            }
        }
        return .object(result)
    }

    private static func join(_ place: String, _ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private static func integer(_ text: String) -> Int64? {
        let text = text.trimmed
        if let whole = Int64(text) { return whole }
        return Double(text).flatMap { Int64(exactly: $0) }
    }

    private static func shown(_ number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    /// The value with its kind, cut: it goes into one line.
    private static func shown(_ value: JSON) -> String {
        let text = value.text()
        let cut = text.count > 60 ? text.prefix(57) + "..." : text[...]
        return value.isNull ? "null" : "\(value.kind) \(cut)"
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
