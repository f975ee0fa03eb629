import LoomSystem
import Testing

@testable import LoomKernel

@Suite("A write to a file")
struct FileWriteTests {
    @Test("is never lost when several write the same file at the same time", .timeLimit(.minutes(1)))
    func together() async throws {
        let rig = Rig { _, _ in FakeProvider.say("ok") }
        try rig.files.write("0\n", to: "/p/a.txt")
        let workspace = try await rig.open()
        let roster = await workspace.roster
        try await withThrowingTaskGroup { group in
            for number in 1...8 {
                let host = ToolHost(plugin: AgentIdentity(plugin: "writer\(number)", kind: .service), call: "c", roster: roster)
                group.addTask {
                    for line in 1...5 { try await Self.append("\(number).\(line)\n", host) }
                }
            }
            try await group.waitForAll()
        }
        let lines = String(decoding: try rig.files.read("/p/a.txt"), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 41)
        await workspace.close()
    }

    /// As an agent does that is told to read again.
    private static func append(_ line: String, _ host: ToolHost) async throws {
        while true {
            let text = try await host.read("a.txt").text
            do throws(ToolError) {
                _ = try await host.write("a.txt", text + line)
                return
            } catch {
                guard error.message.contains("Read it again") else { throw error }
            }
        }
    }
}
