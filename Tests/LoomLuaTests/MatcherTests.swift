import Testing

@testable import LoomLua

/// Random patterns and subjects, compared with Lua's own functions inside one state; the source is Lua so that it is fast.
private let compareStrings = """
    local seed, rounds = ...
    math.randomseed(seed)
    local random, atoms = math.random, {
      'a', 'b', 'c', '.', '%a', '%d', '%s', '%w', '%A', '%W', '%p', '%x', '%l', '%u', '%c', '%g', '%z', '%%', '%.', '[ab]', '[^ab]',
      '[a-c]', '[%a_]', '[]]', '[^]]', '[a-]', '[%-x]', '[a%-c]', '-', '*', '+', '?', '^', '$', '(', ')', '()', '(a*)',
      '(.-)', '%1', '%2', '%0',
      '%b()', '%bxy', '%f[%a]', '%f[^a]', '%f', '%b', '%', '[', '[^', '[a', '\\0', '1', ' ', '\\255', 'é',
    }
    local letters = { 'a', 'b', 'c', 'A', '1', ' ', '(', ')', 'x', 'y', '\\0', '_', '.', '-', ']', '\\255', '\\195\\169', '%' }
    local function text(from, most)
      local parts = {}
      for i = 1, random(0, most) do parts[i] = from[random(#from)] end
      return table.concat(parts)
    end
    local function same(a, b)
      if a.n ~= b.n then return false end
      for i = 1, a.n do if a[i] ~= b[i] then return false end end
      return true
    end
    local function show(t)
      local parts = {}
      for i = 1, t.n do parts[i] = ('%q'):format(tostring(t[i])) end
      return table.concat(parts, ', ')
    end
    local function collect(iterate, ...)
      local found = {}
      for a, b, c in iterate(...) do
        found[#found + 1] = tostring(a) .. '|' .. tostring(b) .. '|' .. tostring(c)
        if #found > 200 then break end
      end
      return table.concat(found, ';')
    end
    local replacements = { 'r', '', '%0%0', '<%1>', '%2', '%%', '%', 'x%9', 7, { a = 'A', b = false, c = 3, [''] = 'e' },
      function(...) return select(random(1, 2) % 2 + 1, ...) end, function() return nil end, function() return {} end,
      { a = {} }, true }
    local compared = 0
    for round = 1, rounds do
      local s, p, init = text(letters, 14), text(atoms, 5), random(-16, 16)
      local replacement, most = replacements[random(#replacements)], random(-1, 5)
      local cases = {
        { 'find', s, p, init }, { 'find', s, p, init, true }, { 'match', s, p, init }, { 'find', s, p }, { 'match', s, p },
        { 'gsub', s, p, replacement }, { 'gsub', s, p, replacement, most }, { 'rep', s, random(-1, 4), text(letters, 2) },
      }
      for _, case in ipairs(cases) do
        local name = case[1]
        local roll = random(1 << 30)
        math.randomseed(roll)
        local theirs = table.pack(pcall(stock_string[name], table.unpack(case, 2)))
        math.randomseed(roll)
        local ours = table.pack(pcall(string[name], table.unpack(case, 2)))
        math.randomseed(seed + round + roll)
        compared = compared + 1
        if not same(theirs, ours) then
          local call = name .. ' ' .. show(table.pack(table.unpack(case, 2)))
          error(("%s: Lua's own gives %s; this one %s"):format(call, show(theirs), show(ours)), 0)
        end
      end
      local theirs = table.pack(pcall(collect, stock_string.gmatch, s, p, init))
      local ours = table.pack(pcall(collect, string.gmatch, s, p, init))
      if not same(theirs, ours) then
        error(("gmatch(%q, %q, %d): Lua's own gives %s; this one %s"):format(s, p, init, show(theirs), show(ours)), 0)
      end
    end
    return compared
    """

private let compareTables = """
    local seed, rounds = ...
    math.randomseed(seed)
    local random = math.random
    local function make()
      local t = {}
      for i = 1, random(0, 8) do t[i] = random(3) == 1 and ('s' .. random(9)) or random(-9, 9) end
      return t
    end
    local function copy(t) local c = {} for k, v in pairs(t) do c[k] = v end return c end
    local function show(t)
      local parts = {}
      for i = -20, 20 do if t[i] ~= nil then parts[#parts + 1] = i .. '=' .. tostring(t[i]) end end
      return table.concat(parts, ' ')
    end
    local function outcome(f, t, ...)
      local result = table.pack(pcall(f, t, ...))
      for i = 1, result.n do if result[i] == t then result[i] = 'itself' end end
      local parts = {}
      for i = 1, result.n do parts[i] = tostring(result[i]) end
      return table.concat(parts, ',') .. ' leaves ' .. show(t)
    end
    for round = 1, rounds do
      local t, a, b, c = make(), random(-3, 10), random(-3, 10), random(-3, 10)
      local cases = {
        { 'insert', a }, { 'insert', a, 'v' }, { 'insert' }, { 'insert', 1, 2, 3 }, { 'remove' }, { 'remove', a },
        { 'concat' }, { 'concat', ',' }, { 'concat', ',', a }, { 'concat', '-', a, b }, { 'unpack' }, { 'unpack', a, b },
        { 'move', a, b, c }, { 'move', a, b, c, {} }, { 'unpack', math.maxinteger, math.mininteger },
        { 'move', 1, math.maxinteger, 2 }, { 'concat', '', math.maxinteger, math.maxinteger }, { 'unpack', 1, 1 << 40 },
        { 'move', 1, 2, math.maxinteger }, { 'sort', 1 },
      }
      for _, case in ipairs(cases) do
        local theirs = outcome(stock_table[case[1]], copy(t), table.unpack(case, 2, 5))
        local ours = outcome(table[case[1]], copy(t), table.unpack(case, 2, 5))
        -- Lua 5.4.4 names the wrong argument of `remove`.
        theirs, ours = theirs:gsub('bad argument #%d', ''), ours:gsub('bad argument #%d', '')
        if theirs ~= ours then error(('%s %s: %s or %s'):format(case[1], show(t), theirs, ours), 0) end
      end
      local numbers = {}
      for i = 1, random(0, 40) do numbers[i] = random(-20, 20) end
      local mine, stock = copy(numbers), copy(numbers)
      local order = random(2) == 1 and function(x, y) return x > y end or nil
      table.sort(mine, order) stock_table.sort(stock, order)
      if #mine ~= #stock or table.concat(mine, ',') ~= table.concat(stock, ',') then
        error('sort of ' .. table.concat(numbers, ','), 0)
      end
    end
    return true
    """

@Suite("The bounded libraries")
struct MatcherTests {
    @Test("give what Lua's own string functions give, errors included")
    func strings() async throws {
        try await compare(compareStrings, rounds: 20_000)
    }

    @Test("give what Lua's own table functions give, errors included")
    func tables() async throws {
        try await compare(compareTables, rounds: 2000)
    }

    private func compare(_ source: String, rounds: Int64) async throws {
        let seed = Int64.random(in: 0 ... .max)
        let state = try LuaState(name: "test")
        await state.openStockLibraries()
        let chunk = try #require(try await state.eval("return function(...) \(source) end").first?.function)
        do {
            try await state.call(chunk, [.integer(seed), .integer(rounds)], deadline: .seconds(3600))
        } catch {
            Issue.record("seed \(seed): \(error)")
        }
    }

    @Test("sort stably, and leave the table alone when a comparison fails")
    func sorting() async throws {
        let state = try LuaState(name: "test")
        let stable = try await state.eval(
            """
            local t = {}
            for i = 1, 500 do t[i] = { key = (i * 7) % 10, index = i } end
            table.sort(t, function(a, b) return a.key < b.key end)
            for i = 2, #t do
              if t[i].key == t[i - 1].key and t[i].index < t[i - 1].index or t[i].key < t[i - 1].key then return false end
            end
            return true
            """)
        #expect(stable == [true])
        let failed = try await state.eval("local t = {3, 'x', 1} local ok = pcall(table.sort, t) return ok, t[1], t[2], t[3]")
        #expect(failed == [false, 3, "x", 1])
        #expect(try await state.eval("local t = {3, 1, 2} table.sort(t, function() return true end) return #t") == [3])
    }

    @Test("respect metamethods")
    func metamethods() async throws {
        let state = try LuaState(name: "test")
        let source = """
            local store = {'c', 'a', 'b'}
            local proxy = setmetatable({}, { __len = function() return #store end, __index = function(_, k) return store[k] end,
              __newindex = function(_, k, v) store[k] = v end })
            table.sort(proxy)
            table.insert(proxy, 'd')
            table.insert(proxy, 1, 'z')
            local removed = table.remove(proxy, 1)
            return table.concat(proxy, ','), removed, select('#', table.unpack(proxy)), rawlen(proxy)
            """
        #expect(try await state.eval(source) == ["a,b,c,d", "z", 4, 0])
    }
}
