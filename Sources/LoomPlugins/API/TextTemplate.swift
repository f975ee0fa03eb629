import LoomSystem

/// A text with places to fill in, `{{name}}`. Nothing in it is run: what a prompt's `{{ }}` would be an expression, is a name here.
struct TextTemplate {
    private let text: String

    init(_ text: String) { self.text = text }

    func filled(with values: JSON) -> APIResult {
        var made = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
            made += rest[..<start.lowerBound]
            let name = String(rest[start.upperBound..<end.lowerBound]).trimmed
            guard let value = values[name], !value.isNull, value.members == nil, value.arrayValue == nil else {
                return .refused(APIRefusal(code: "missing", message: "The template names {{\(name)}}, which has no value.", hint: nil))
            }
            made += value.stringValue ?? value.text()
            rest = rest[end.upperBound...]
        }
        return .value(.string(made + rest))
    }
}
