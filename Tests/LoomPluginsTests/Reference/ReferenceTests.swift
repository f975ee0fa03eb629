import LoomKernel
import LoomSystem
import Testing

@testable import LoomPlugins

@Suite("What is generated from the table of the API") struct ReferenceTests {
    @Test("is what is checked in; «make api» writes it")
    func upToDate() async throws {
        for (path, text) in try await Reference.make().files {
            let kept = try LiveFileSystem().read(BundledHarness.repository + "/" + path)
            #expect(String(decoding: kept, as: UTF8.self) == text, "\(path) is out of date: run «make api»")
        }
    }

    @Test("names every function, with where it may be called")
    func functions() async throws {
        let reference = try await Reference.make()
        for function in APIFunction.all {
            #expect(reference.luaCATS.contains("function loom.\(function.name)("))
        }
        for function in APIFunction.listed {
            #expect(reference.markdown.contains("### `\(function.signature)`"))
            #expect(reference.markdown.contains("| `loom.\(function.name)` |"))
        }
        #expect(reference.luaCATS.contains("---@param options? { limit?: integer, offset?: integer }"))
        #expect(reference.luaCATS.contains("---@param level \"debug\"|\"info\"|\"warning\"|\"error\"\n"))
        #expect(Set(APIFunction.all.map(\.name)).count == APIFunction.all.count)
    }

    @Test("has closed lists of words")
    func unions() async throws {
        let text = try await Reference.make().luaCATS
        for kind in PluginKind.allCases { #expect(text.contains("---| \"\(kind.rawValue)\"\n")) }
        #expect(text.contains("---@alias loom.SignalType\n---| \"agent.finished\"\n"))
        #expect(text.contains("---@class (exact) loom.Tool\n---@field api 1 "))
    }

    @Test("results are split at the commas between them")
    func results() {
        #expect(LuaTypes.split("{ a: string, b: any }?, loom.Error?") == ["{ a: string, b: any }?", "loom.Error?"])
        #expect(LuaTypes.split("") == [])
    }

    @Test("the list of signals is whole")
    func signals() throws {
        let files = LiveFileSystem()
        let folder = BundledHarness.repository + "/Sources/LoomKernel/Signals"
        var declared: [String] = []
        for entry in try files.list(folder) where entry.name.hasSuffix(".swift") {
            let text = String(decoding: try files.read("\(folder)/\(entry.name)"), as: UTF8.self)
            declared += text.split(separator: "static let type = \"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
        }
        #expect(SignalTypes.names == declared.sorted())
    }
}
