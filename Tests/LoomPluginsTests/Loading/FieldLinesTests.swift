import Testing

@testable import LoomPlugins

@Suite struct FieldLinesTests {
    private static let source = """
        -- parameters = { }
        local M = { api = 1 }
        local text = [[
        access = 1 ]]
        local function help(description)
          local description = { run = 1 }
          if description == nil then description = 2 end
        end
        return {
          description = "a { b",
          parameters = {
            path = { type = "string" },
            ["mode"] = {
              type = "string",
            },
          },
          run = function(args) local parameters = {} end,
        }
        """

    @Test(
        "A field's line is found by its path",
        arguments: [
            (["description"], 10), (["parameters"], 11), (["parameters", "path"], 12), (["parameters", "mode"], 13),
            (["parameters", "mode", "type"], 14), (["parameters", "mode", "nothing"], 13), (["run"], 17), (["nothing"], 9), ([], 9),
        ])
    func line(_ path: [String], _ line: Int) {
        #expect(FieldLines(Self.source).line(of: path) == line)
    }

    @Test("Fields that are set one by one are found too")
    func module() {
        let lines = FieldLines("local M = {}\nM.api = 1\nM.description = 'x'\nfunction M.run() end\nreturn M\n")
        #expect(lines.line(of: ["description"]) == 3)
        #expect(lines.line(of: ["missing"]) == 5)
    }

    @Test(
        "Any text at all is read to its end", arguments: ["", "[[", "\"", "'\\", "[==[", "{{{", "}}}", "end end", "-- x", "[\"a", "return"])
    func anything(_ text: String) {
        #expect(FieldLines(text).line(of: ["x"]) >= 1)
    }
}
