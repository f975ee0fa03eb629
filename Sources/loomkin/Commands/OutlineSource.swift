import ArgumentParser
import Glibc
import LoomRepository
import LoomSystem

/// Makes one outline for another loomkin, which does not load grammars itself.
struct OutlineSource: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: OutlineProgram.command, abstract: "Outline the source on standard input.", shouldDisplay: false)
    @Argument var language: String
    @Argument var library: String
    @Argument var query: String

    func run() {
        var source: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        // One byte over the limit is enough to be refused.
        while source.count <= Outline.sizeLimit {
            let count = read(STDIN_FILENO, &block, block.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            source += block[..<count]
        }
        print(
            OutlineProgram.answer(language: self.language, library: self.library, query: self.query, source: source).text(),
            terminator: "")
    }
}
