import LoomSystem
import Testing

@testable import LoomRepository

@Suite struct WatchProgramTests {
    @Test func `the variable wins over the program's folder, and that over PATH`() async throws {
        try await withTemporaryFolder { folder in
            for place in ["own", "here", "path"] {
                try write(["\(place)/loomkin-watch": ""], in: folder)
                try files.setMode(0o755, of: "\(folder)/\(place)/loomkin-watch")
            }
            let path = ["PATH": "/nowhere:\(folder)/path"]
            let own = ["LOOMKIN_WATCH": "\(folder)/own/loomkin-watch"].merging(path) { $1 }
            #expect(find(own, "\(folder)/here/loomkin") == "\(folder)/own/loomkin-watch")
            #expect(find(path, "\(folder)/here/loomkin") == "\(folder)/here/loomkin-watch")
            #expect(find(path, "\(folder)/elsewhere/loomkin") == "\(folder)/path/loomkin-watch")
            #expect(find([:], nil) == nil)
            #expect(find(["LOOMKIN_WATCH": "/not/there"].merging(path) { $1 }, nil) == nil)
        }
    }

    @Test func `a file that can't be run is no program`() async throws {
        try await withTemporaryFolder { folder in
            try write(["loomkin-watch": ""], in: folder)
            #expect(find(["PATH": folder], nil) == nil)
        }
    }

    private let files = LiveFileSystem()

    private func find(_ environment: [String: String], _ executable: String?) -> String? {
        WatchProgram.find(executable: executable, files: files) { environment[$0] }
    }
}
