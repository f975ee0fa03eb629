/// What a source file defines, from top to bottom.
package struct Outline: Sendable, Hashable {
    package struct Symbol: Sendable, Hashable {
        /// As the grammar calls it: `class`, `function`, `method`, `constant`, …
        package let kind: String
        package let name: String
        /// 1-based.
        package let firstLine: Int
        /// 1-based, included.
        package let lastLine: Int
        /// How many other definitions it stands in.
        package let depth: Int
    }

    package let language: String
    package let symbols: [Symbol]

    /// The largest source that is parsed, in bytes.
    package static let sizeLimit = 2 << 20
}
