import LoomKernel
import LoomSystem

extension ModelSettings {
    /// Why a table says nothing about how a model is asked.
    struct Fault: Error {
        let field: String?
        let reason: String
    }

    /// The fields that plugins may set, for their reference and for errors.
    static let fields = ["effort", "temperature", "top_p", "stop", "tool_choice", "max_output_tokens", "output_schema"]

    /// From a plugin's table, each value checked.
    init(table: JSON) throws(Fault) {
        self.init()
        guard let members = table.members else { throw Fault(field: nil, reason: "it is a table, not \(table.kind)") }
        for name in members.keys.sorted() where !Self.fields.contains(name) {
            throw Fault(field: name, reason: "there is no \(name)\(NearestName.hint(name, in: Self.fields))")
        }
        func wrong(_ name: String, _ wanted: String) -> Fault {
            Fault(field: name, reason: "\(name) is \(wanted), not \(members[name]?.text() ?? "nil")")
        }
        func number(_ name: String, upTo most: Double) throws(Fault) -> Double? {
            guard let value = members[name] else { return nil }
            guard let number = value.doubleValue, (0...most).contains(number) else { throw wrong(name, "a number from 0 to \(Int(most))") }
            return number
        }
        func word<Word: RawRepresentable & CaseIterable>(_ name: String, _: Word.Type) throws(Fault) -> Word?
        where Word.RawValue == String {
            guard let value = members[name] else { return nil }
            guard let word = value.stringValue.flatMap(Word.init(rawValue:)) else {
                throw wrong(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return word
        }
        effort = try word("effort", Effort.self)
        temperature = try number("temperature", upTo: 2)
        topP = try number("top_p", upTo: 1)
        toolChoice = try word("tool_choice", ToolChoice.self) ?? .auto
        if let value = members["stop"] {
            guard let texts = value.arrayValue?.compactMap(\.stringValue), texts.count == value.arrayValue?.count, texts.count <= 4 else {
                throw wrong("stop", "a list of at most four texts")
            }
            stop = texts
        }
        if let value = members["max_output_tokens"] {
            guard let count = value.intValue, count > 0 else { throw wrong("max_output_tokens", "a whole number above zero") }
            maxOutputTokens = count
        }
        if let value = members["output_schema"] {
            guard value.members != nil else { throw wrong("output_schema", "a JSON Schema") }
            outputSchema = value
        }
    }
}
