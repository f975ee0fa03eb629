import LoomKernel
import LoomLua
import LoomSystem

/// A prompt file that is in use.
struct PromptSource: Sendable {
    /// For error texts.
    let path: String
    let template: PromptTemplate
}

/// All prompts of one moment, and the Lua state that renders them. A reload makes a new library.
actor PromptLibrary {
    private let sources: [String: PromptSource]
    private let skills: String
    private var engine: PromptEngine?

    /// - Parameter skills: what agents can read up on; a prompt sees a line for each.
    init(_ sources: [String: PromptSource], skills: [Skill] = []) {
        self.sources = sources
        self.skills = skills.sorted { $0.name < $1.name }.map { skill in
            "- \(skill.name): \(skill.description.split(whereSeparator: \.isWhitespace).joined(separator: " "))"
        }.joined(separator: "\n")
    }

    /// The prompt with all it includes. The same context gives the same bytes.
    func render(_ name: String, _ context: PromptContext, values: JSON = .object([:])) async throws(PromptError) -> RenderedPrompt {
        do throws(LuaError) {
            let engine = try await ready()
            return try await engine.render(name, context, skills: skills, values: values)
        } catch {
            throw PromptError(error.message)
        }
    }

    private func ready() async throws(LuaError) -> PromptEngine {
        if let engine { return engine }
        let made = try await PromptEngine(sources)
        engine = made
        return made
    }

    /// Compiles a template without rendering it.
    static func check(_ template: PromptTemplate, path: String) async throws(PluginFault) {
        do throws(LuaError) {
            _ = try await PromptEngine(["prompt": PromptSource(path: path, template: template)])
        } catch {
            guard let place = LuaFault.place(in: error.message) else {
                throw PluginFault(path: path, line: nil, cause: error.message)
            }
            throw PluginFault(path: place.path.hasPrefix("...") ? path : place.path, line: place.line, cause: place.rest)
        }
    }
}

/// A Lua state with compiled prompts.
struct PromptEngine: Sendable {
    private let state: LuaState
    private let templates: LuaTable
    private let render: LuaFunction

    private static let deadline: Duration = .seconds(2)

    init(_ sources: [String: PromptSource]) async throws(LuaError) {
        state = try LuaState(name: "prompts", limits: .ofPlugins)
        let made = try await state.run(source: Self.source, chunk: "=prompts", deadline: Self.deadline)
        guard let render = made.first?.function else { throw LuaError(.runtime, "the prompts' Lua state could not be set up") }
        self.render = render
        await state.setStrictGlobals(true)
        var templates: LuaTable = [:]
        for (name, source) in sources {
            templates[name] =
                try await state.run(source: source.template.lua, chunk: "@" + source.path, deadline: Self.deadline).first ?? .nil
        }
        self.templates = templates
    }

    func render(_ name: String, _ context: PromptContext, skills: String, values: JSON) async throws(LuaError) -> RenderedPrompt {
        let seen = [context.agent, context.role, context.team, context.project, context.rules, skills].map { LuaValue.string($0) }
        let own = ValueMapping(marksEmptyLists: false).lua(values)
        let arguments: [LuaValue] = [.table(templates), .string(name)] + seen + [own]
        let results = try await state.call(render, arguments, deadline: Self.deadline)
        guard results.count == 3, let text = results[0].string, let names = results[1].table, let rules = results[2].integer else {
            throw LuaError(.runtime, "the prompt \(name) gave no text")
        }
        let parts = names.array.compactMap { part -> RenderedPrompt.Part? in
            guard let name = part.table?["name"].string, let bytes = part.table?["bytes"].integer else { return nil }
            return RenderedPrompt.Part(name: name, bytes: Int(bytes))
        }
        return RenderedPrompt(text, parts: parts, rules: Int(rules))
    }

    /// Leaves only what is a function of its arguments: a prompt that changed by itself would break the provider's cache.
    /// `pairs` goes through the keys in their order, because Lua's own order differs from run to run.
    private static let source = """
        local concat, error, tostring, type, sort, next = table.concat, error, tostring, type, table.sort, next
        load, require, print, xpcall, setmetatable, getmetatable = nil, nil, nil, nil, nil, nil
        rawget, rawset, rawequal, rawlen, os, coroutine, utf8 = nil, nil, nil, nil, nil, nil, nil
        math.random, math.randomseed = nil, nil

        function pairs(values)
          local keys = {}
          for key in next, values do keys[#keys + 1] = key end
          sort(keys, function(a, b)
            if type(a) == type(b) then return a < b end
            return type(a) < type(b)
          end)
          local index = 0
          return function()
            index = index + 1
            if keys[index] ~= nil then return keys[index], values[keys[index]] end
          end
        end

        return function(templates, name, agent, role, team, project, rules, skills, values)
          local out, way = {}, {}
          -- Who wrote how much; `others` counts what in the text at hand is not its own.
          local parts, others, ruled = {}, 0, 0

          local function write(text) out[#out + 1] = text end

          local function show(value)
            if value == nil then error("the expression is nil", 2) end
            if type(value) == "table" or type(value) == "function" then
              error(("the expression is a %s, not a text"):format(type(value)), 2)
            end
            write(tostring(value))
            if value == rules and rules ~= "" then
              others, ruled = others + #rules, ruled + #rules
            end
          end

          local function include(name)
            local template = templates[name]
            if not template then error(("there is no prompt %q"):format(tostring(name)), 2) end
            for _, open in ipairs(way) do
              if open == name then
                error("the prompts include each other: " .. concat(way, " → ") .. " → " .. name, 2)
              end
            end
            way[#way + 1] = name
            local outer, around = out, others
            local part = { name = name }
            parts[#parts + 1] = part
            out, others = {}, 0
            template(write, show, include, agent, role, team, project, rules, skills, values)
            -- The line that includes ends by itself.
            local text = concat(out):gsub("\\n$", "")
            part.bytes = #text - others
            out, others, way[#way] = outer, around + #text, nil
            return text
          end

          return include(name) .. "\\n", parts, ruled
        end
        """
}
