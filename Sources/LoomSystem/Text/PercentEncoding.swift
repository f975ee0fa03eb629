/// Text in URLs and in forms (RFC 3986).
package enum PercentEncoding {
    /// Everything but letters, digits and `-._~` as `%XX`.
    package static func encode(_ text: some StringProtocol) -> String { encode(bytes: Array(text.utf8)) }

    static func encode(bytes: [UInt8]) -> String {
        bytes.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + Hash.hex([byte]).uppercased()
        }.joined()
    }

    /// A percent sign without two digits behind it stands for itself.
    static func decode(bytes text: Substring) -> [UInt8] {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    /// `name=value&…`, as forms are sent and as a query is written.
    package static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// The fields of a form or query; of one that is there twice the first counts.
    package static func fields(of form: some StringProtocol) -> [String: String] {
        let fields = form.split(separator: "&").map { field -> (String, String) in
            let parts = Substring(field).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                String(decoding: decode(bytes: Substring(part.replacing("+", with: " "))), as: UTF8.self)
            }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
        return Dictionary(fields, uniquingKeysWith: { first, _ in first })
    }
}
