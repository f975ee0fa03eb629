import LoomKernel
import LoomLua

/// The few functions that are made in Lua, because only there a table can be given a metatable and a function a loop.
struct Prelude: Sendable {
    /// Calls `stream(call, emit)`.
    let stream: LuaFunction
    /// Calls `decode(event, emit, state)` for each event of the answer, with what `state.call` is to be.
    let decode: LuaFunction
    /// Calls `answer(body, emit, state)`.
    let answer: LuaFunction
    /// `loom.json.null`.
    let null: LuaFunction

    init?(_ value: LuaValue?) {
        guard let table = value?.table, let stream = table["stream"].function, let decode = table["decode"].function,
            let answer = table["answer"].function, let null = table["null"].function
        else { return nil }
        self.stream = stream
        self.decode = decode
        self.answer = answer
        self.null = null
    }

    /// Those that the host calls, by places where no file can have one.
    var functions: [[LuaKey]: LuaFunction] {
        [[.boolean(false), .integer(1)]: stream, [.boolean(false), .integer(2)]: decode, [.boolean(false), .integer(3)]: answer]
    }

    /// Its name in tracebacks.
    static let chunk = "loom"

    /// The function that gives tables of host functions, which only this code sees.
    static let tables = "loom.tables"
    /// The name of the table of those that only this code calls.
    static let inner = "inner"

    static func innerFunctions(_ functions: APITables, _ null: NullFunction) -> [LuaTableMember] {
        let spaces = LuaValue.table(LuaTable(array: functions.spaces.map { .string($0) }))
        let bodies: [(String, LuaHostFunction)] = [
            ("spaces", .sync { _, _ in [spaces] }),
            ("emit", .sync { call, values in ProviderFunctions.emit(call, values, null) }),
            ("room", .async { call, _ in await ProviderFunctions.room(call) }),
            ("next_events", .async { call, _ in try await ProviderFunctions.nextEvents(call) }),
            ("settled", .async { call, values in await TaskFunctions.settled(call, values) }),
        ]
        return bodies.map { LuaTableMember(key: $0.0, name: $0.0, function: $0.1) }
    }

    /// Every function of the host answers `true, value`, or the class and the number of a handle, or `false, err` for what the caller may
    /// well meet, or `nil, text` for what is an error at the place of the call.
    ///
    /// A table in `loom`, and what handles of a class can do, is made when it is first looked into: each plugin has a state of its own,
    /// and uses little of what is there.
    static let source = """
        local setmetatable, error, type, pairs, ipairs, next, rawget, require = setmetatable, error, type, pairs, ipairs, next, rawget, require
        local tables = loom.tables
        loom.tables = nil

        local inner = tables "\(inner)"
        local meta = { __tostring = function(err) return err.message end }
        -- What handles can do, by the class they are of.
        local classes = {}

        local function public(call)
          return function(...)
            local ok, value, more = call(...)
            if ok == true and more ~= nil then return value, more end
            if ok == true then return value end
            if ok == false then return nil, setmetatable(value, meta) end
            if ok then return setmetatable(value, classes[ok]) end
            error(value, 2)
          end
        end

        local function null() return nil end

        local function node(tag)
          return function(content)
            local made = { tag = tag, attributes = {}, children = {} }
            if type(content) ~= "table" or content.tag then content = { content } end
            for index, child in ipairs(content) do made.children[index] = child end
            for name, value in pairs(content) do
              if type(name) == "string" then made.attributes[name] = value end
            end
            return made
          end
        end

        -- What is made in Lua of a table in `loom`, or of a class; `calls` are the host's own functions.
        local written = {}

        function written.json(json)
          json.null = null
          function json.array(list)
            if next(list) == nil then list[true] = true end
            return list
          end
        end

        function written.html(html)
          for tag in ("\(PanelMarkup.tags.joined(separator: " "))"):gmatch("%S+") do html[tag] = node(tag) end
        end

        -- The rest of it few plugins need.
        local function write_later(name)
          written[name] = function(...)
            local more = require("\(handlesModule)")(inner, meta, classes)
            for part, write in pairs(more) do written[part] = write end
            return written[name](...)
          end
        end
        for name in ("http model task Process Subscription Task"):gmatch("%S+") do write_later(name) end

        local function open(path, name)
          local calls = tables(path)
          if not calls then return nil end
          local space = {}
          for key, call in pairs(calls) do space[key] = public(call) end
          return space, written[name] and written[name](space, calls)
        end

        setmetatable(classes, {
          __index = function(_, class)
            local methods, call = open(class, class)
            classes[class] = { __index = methods, __name = "loom." .. class, __call = call }
            return classes[class]
          end,
        })

        local function space_of(_, name)
          local space = type(name) == "string" and open("loom." .. name, name) or nil
          loom[name] = space
          return space
        end

        for name, call in pairs(tables "loom") do loom[name] = public(call) end
        setmetatable(loom, {
          __index = space_of,
          -- Who looks through all of it finds all of it.
          __pairs = function()
            for _, name in ipairs(inner.spaces()) do
              if not rawget(loom, name) then space_of(loom, name) end
            end
            return next, loom
          end,
          __metatable = false,
        })

        local function emit(event)
          local ok, text = inner.emit(event)
          if ok == false then ok, text = inner.room() end
          if not ok then error(text, 2) end
        end

        return {
          null = null,
          stream = function(stream, call) stream(call, emit) end,
          answer = function(answer, body, call) answer(body, emit, { call = call }) end,
          decode = function(decode, call)
            local state = { call = call }
            while true do
              local events = inner.next_events()
              if events == nil then return end
              for _, event in ipairs(events) do decode(event, emit, state) end
            end
          end,
        }
        """
}
