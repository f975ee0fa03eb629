import Testing

@testable import LoomPlugins

@Suite("What a plugin's text does with loom")
struct LoomUseTests {
    struct Case: Sendable {
        let text: String
        var functions: Set<String> = []
        var isOpen = false
        var requires = false
    }

    @Test(
        "is told whole, and what cannot be seen counts as anything",
        arguments: [
            Case(text: "return { run = function() return 'loom.fs.write' end } -- loom.fs.write"),
            Case(text: "loom.fs.read(path)  x.loom.fs.write()", functions: ["fs.read"]),
            Case(text: "loom . process\n.run{}", functions: ["process.run"]),
            Case(text: "local p = loom.process p.run{}", isOpen: true),
            Case(text: "loom['fs'].write(a, b)", isOpen: true),
            Case(text: "local l = loom", isOpen: true),
            Case(text: "_ENV['lo' .. 'om'].fs.write()", isOpen: true),
            Case(text: "load('return l' .. 'oom')()", isOpen: true),
            Case(text: "local m = require 'lib.lines' loom.config.get('\\'loom')", functions: ["config.get"], requires: true),
        ])
    func use(item: Case) {
        let use = LoomUse(item.text)
        #expect(use.functions == item.functions)
        #expect(use.isOpen == item.isOpen)
        #expect(use.requires == item.requires)
    }
}
