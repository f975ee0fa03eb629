/// What came of one case.
package struct SpecResult: Sendable {
    package let spec: SpecFile
    /// Nil when the spec could not even be loaded.
    package let name: String?
    /// Nil: it passed.
    package let failure: SpecFailure?
    /// What it printed.
    package let output: [String]
    package let milliseconds: Double
}

/// Why a case failed, and where.
package struct SpecFailure: Sendable, Hashable {
    package var path: String
    package var line: Int?
    package var message: String
    /// Of a comparison.
    package var wanted: String?
    package var got: String?
}

/// All cases of one spec, and the files whose change asks for running it again.
package struct SpecReport: Sendable {
    package let spec: SpecFile
    package let results: [SpecResult]
    package let usedFiles: Set<String>

    package var failed: Bool { results.contains { $0.failure != nil } }
}
