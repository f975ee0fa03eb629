import CGrammar
import CTreeSitter
import LoomSystem

/// A loaded grammar with its query for definitions.
final class Grammar {
    let name: String
    let language: OpaquePointer
    let query: OpaquePointer
    /// The numbers of the captures for what is defined, with its kind.
    let definitions: [UInt32: String]
    /// The number of the capture for the name of what is defined.
    let nameCapture: UInt32
    /// By pattern.
    let predicates: [[Predicate]]

    /// The versions of a grammar's binary form that the linked library can use.
    static let versions = UInt32(TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION)...UInt32(TREE_SITTER_LANGUAGE_VERSION)

    init(_ name: String, _ entry: GrammarFolder.Entry) throws(OutlineError) {
        self.name = name
        let source: [UInt8]
        do {
            source = try LiveFileSystem().read(entry.query, limit: 1 << 20)
        } catch {
            throw .refused(language: name, reason: error.description)
        }
        self.language = try Self.open(name, entry.library)
        if let reason = Self.refusal(version: ts_language_version(self.language)) { throw .refused(language: name, reason: reason) }
        let query = try Self.compile(name, self.language, source)
        let captures = (0..<ts_query_capture_count(query)).map { number in
            Self.text { ts_query_capture_name_for_id(query, number, &$0) }
        }
        var definitions: [UInt32: String] = [:]
        for (number, capture) in captures.enumerated() where capture.hasPrefix("definition.") {
            definitions[UInt32(number)] = String(capture.dropFirst("definition.".count))
        }
        guard let nameCapture = captures.firstIndex(of: "name"), !definitions.isEmpty else {
            ts_query_delete(query)
            throw .refused(language: name, reason: "its query for tags defines nothing")
        }
        self.query = query
        self.nameCapture = UInt32(nameCapture)
        self.definitions = definitions
        self.predicates = Self.keepDefinitions(query, definitions: definitions, name: UInt32(nameCapture))
    }

    deinit { ts_query_delete(self.query) }

    /// Why a grammar of this version cannot be used; nil when it can. Parsing with one would end the process.
    static func refusal(version: UInt32) -> String? {
        if self.versions.contains(version) { return nil }
        let (lowest, highest) = (self.versions.lowerBound, self.versions.upperBound)
        return "its binary version is \(version), and the installed tree-sitter takes \(lowest) to \(highest)"
    }

    private static func open(_ name: String, _ library: String) throws(OutlineError) -> OpaquePointer {
        var reason = [CChar](repeating: 0, count: 512)
        guard let language = loom_grammar_open(library, name, &reason, reason.count) else {
            let text = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw .refused(language: name, reason: text)
        }
        return OpaquePointer(language)
    }

    private static func compile(_ name: String, _ language: OpaquePointer, _ source: [UInt8]) throws(OutlineError) -> OpaquePointer {
        var offset: UInt32 = 0
        var error = TSQueryErrorNone
        let query = source.withUnsafeBytes { bytes in
            ts_query_new(language, bytes.bindMemory(to: CChar.self).baseAddress, UInt32(bytes.count), &offset, &error)
        }
        guard let query else { throw .refused(language: name, reason: "its query for tags does not fit it at byte \(offset)") }
        return query
    }

    /// Switches off the patterns that are not about definitions, and those with a predicate that is not known. Gives the
    /// predicates of all patterns.
    private static func keepDefinitions(_ query: OpaquePointer, definitions: [UInt32: String], name: UInt32) -> [[Predicate]] {
        // Comments before a definition are not shown, and following them costs most of the time.
        ts_query_disable_capture(query, "doc", 3)
        return (0..<ts_query_pattern_count(query)).map { pattern in
            func captures(_ number: UInt32) -> Bool {
                ts_query_capture_quantifier_for_id(query, pattern, number) != TSQuantifierZero
            }
            let predicates = Self.predicates(query, pattern)
            guard let predicates, captures(name), definitions.keys.contains(where: captures) else {
                ts_query_disable_pattern(query, pattern)
                return []
            }
            return predicates
        }
    }

    /// Nil when one of them is not known.
    private static func predicates(_ query: OpaquePointer, _ pattern: UInt32) -> [Predicate]? {
        var count: UInt32 = 0
        let steps = UnsafeBufferPointer(start: ts_query_predicates_for_pattern(query, pattern, &count), count: Int(count))
        var predicates: [Predicate] = []
        var operands: [Predicate.Operand] = []
        for step in steps {
            switch step.type {
            case TSQueryPredicateStepTypeCapture: operands.append(.capture(step.value_id))
            case TSQueryPredicateStepTypeString:
                operands.append(.text(Self.text { ts_query_string_value_for_id(query, step.value_id, &$0) }))
            default:
                guard case .text(let name)? = operands.first, let predicate = Predicate(name, Array(operands.dropFirst())) else {
                    return nil
                }
                predicates.append(predicate)
                operands = []
            }
        }
        return predicates
    }

    private static func text(_ get: (inout UInt32) -> UnsafePointer<CChar>?) -> String {
        var length: UInt32 = 0
        guard let start = get(&length) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(length)), as: UTF8.self)
    }
}
