package import LoomRepository
import LoomSystem

/// The outline of a file of the project.
package struct FileOutline: Sendable, Hashable {
    /// Relative to the project.
    package let path: String
    package let outline: Outline
}

extension ToolHost {
    /// What a source file defines. An outline is not the file's text: it does not count as having read the file.
    package func outline(_ path: String) async throws(ToolError) -> FileOutline {
        let relative = try self.relative(path)
        try await self.authority.require(Access(.read, relative), wait: self.humanWait)
        try self.requireFile(relative)
        let text = try self.content(relative).decoded.text
        do {
            return FileOutline(path: relative, outline: try await self.services.outliner.outline(of: text, path: relative))
        } catch {
            throw ToolError(error, path: relative)
        }
    }

    /// Refuses what cannot have an outline before it is read.
    private func requireFile(_ relative: String) throws(ToolError) {
        let status: FileStatus
        do {
            status = try self.services.ports.files.status(of: self.absolute(relative))
        } catch {
            throw ToolError(error, path: relative)
        }
        guard status.kind != .directory else { throw ToolError(FileError(.isDirectory, path: relative), path: relative) }
        do {
            try self.services.outliner.require(path: relative, size: status.size)
        } catch {
            throw ToolError(error, path: relative)
        }
    }
}

extension ToolError {
    init(_ error: OutlineError, path: String) {
        let code: String? =
            switch error {
            case .unknownEnding, .noGrammar, .refused: "no_grammar"
            case .tooLarge: "too_large"
            case .tooSlow, .ended: nil
            }
        self.init("\(path) has no outline. \(error)", code: code)
    }
}
