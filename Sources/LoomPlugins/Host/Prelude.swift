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

    /// Its name in tracebacks.
    static let chunk = "loom"

    /// Names of host functions that only this code calls.
    static let emit = "loom.host.emit"
    static let nextEvent = "loom.host.next_event"

    static let settled = "loom.host.settled"

    /// Where a method of a handle is registered.
    static func path(ofMethod name: String) -> String { "loom.host.classes.\(name.replacing(":", with: "."))" }

    /// Every function of the host answers `true, value`, or the class and the number of a handle, or `false, err` for what the caller may
    /// well meet, or `nil, text` for what is an error at the place of the call.
    static let source = """
        local setmetatable, error, type, pairs, ipairs, next = setmetatable, error, type, pairs, ipairs, next
        local pack, unpack = table.pack, table.unpack
        local host = loom.host
        loom.host = nil

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

        -- A spec has handles of its own.
        for class, methods in pairs(host.classes or {}) do
          local index = {}
          for name, call in pairs(methods) do index[name] = public(call) end
          classes[class] = { __index = index, __name = "loom." .. class }
        end

        local start, await, open_events, open_answer
        if host.classes then
          start, await, open_events, open_answer = loom.task.spawn, host.classes.Task.await, loom.http.events, loom.model.stream
        end

        for name, member in pairs(loom) do
          if type(member) == "function" then
            loom[name] = public(member)
          else
            for inner, call in pairs(member) do member[inner] = public(call) end
          end
        end

        local function null() return nil end
        loom.json.null = null

        function loom.json.array(list)
          if next(list) == nil then list[true] = true end
          return list
        end

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

        loom.html = {}
        for tag in ("\(PanelMarkup.tags.joined(separator: " "))"):gmatch("%S+") do loom.html[tag] = node(tag) end

        if host.classes then
        \(handles)
        end

        local function emit(event)
          local ok, text = host.emit(event)
          if not ok then error(text, 2) end
        end

        return {
          null = null,
          stream = function(stream, call) stream(call, emit) end,
          answer = function(answer, body, call) answer(body, emit, { call = call }) end,
          decode = function(decode, call)
            local state = { call = call }
            while true do
              local event = host.next_event()
              if event == nil then return end
              decode(event, emit, state)
            end
          end,
        }
        """
}
