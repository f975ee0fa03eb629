package import LoomSystem

/// Makes outlines, each in a process of its own.
///
/// A grammar is foreign C code that reads whatever a project holds, and tree-sitter 0.20 itself frees a wrong pointer when a node
/// has more than 65,535 children. Neither may end the process that agents run in, or keep its memory.
package struct Outliner: Sendable {
    private let grammars: Grammars
    private let runner: any ProcessRunner
    /// The program that answers to `OutlineProgram.command`; nil when there is none.
    private let program: String?

    /// Time for one outline, its process included.
    private static let timeLimit = Duration.seconds(10)

    package init(_ grammars: Grammars, program: String?, runner: any ProcessRunner) {
        self.grammars = grammars
        self.program = program
        self.runner = runner
    }

    /// Refuses a file that cannot have an outline, without reading it.
    package func require(path: String, size: Int) throws(OutlineError) {
        _ = try self.grammars.find(path: path)
        guard size <= Outline.sizeLimit else { throw .tooLarge(size: size, limit: Outline.sizeLimit) }
    }

    /// The definitions of a source.
    /// - Parameter path: where it comes from; its ending says the language.
    package func outline(of source: String, path: String) async throws(OutlineError) -> Outline {
        let bytes = Array(source.utf8)
        try self.require(path: path, size: bytes.count)
        let (language, entry) = try self.grammars.find(path: path)
        guard let program = self.program else { throw .ended(reason: "the program loomkin was not found") }
        // Without our environment: there are keys in it, which a grammar has no use for.
        let spec = ProcessSpec(
            .program(program, arguments: OutlineProgram.arguments(language, entry)), environment: [:], input: bytes,
            timeout: Self.timeLimit, grace: .zero, outputLimit: OutlineProgram.outputLimit)
        let result: ProcessResult
        do {
            result = try await self.runner.run(spec)
        } catch {
            throw .ended(reason: error.description)
        }
        switch result.stop {
        case .timedOut: throw .tooSlow
        case .cancelled: throw .ended(reason: "cancelled")
        case nil: break
        }
        guard result.succeeded else { throw .ended(reason: result.termination.description) }
        return try OutlineProgram.outline(language, result.output)
    }
}
