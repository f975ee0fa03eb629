extension Prelude {
    /// The module with what of handles is made in Lua: lines out of pieces, and tasks.
    static let handlesModule = "loom.handles"

    static let handles = """
        local setmetatable, error, type, ipairs = setmetatable, error, type, ipairs
        local pack, unpack = table.pack, table.unpack

        return function(inner, meta, classes)
          local written = {}

          --- What a function of the host answered, for one of the functions below; its mistakes are their caller's.
          local function taken(ok, value)
            if ok == true then return value end
            if ok == false then return nil, setmetatable(value, meta) end
            if ok then return setmetatable(value, classes[ok]) end
            error(value, 3)
          end

          function written.Process(process)
            -- Of each process what was read behind the end of a line.
            local rests = setmetatable({}, { __mode = "k" })
            local piece = process.read

            function process:read(timeout)
              local rest = rests[self]
              rests[self] = nil
              if rest and rest ~= "" then return rest end
              return piece(self, timeout)
            end

            function process:line(timeout)
              local text, from = rests[self] or "", 1
              while true do
                local at = text:find("\\n", from, true)
                if at then
                  rests[self] = text:sub(at + 1)
                  return (text:sub(1, at - 1):gsub("\\r$", ""))
                end
                from = #text + 1
                local more, err = piece(self, timeout)
                rests[self] = text
                if err then return nil, err end
                if not more then
                  rests[self] = nil
                  if text ~= "" then return text end
                  return nil
                end
                text = text .. more
              end
            end

            function process:lines()
              return function() return self:line() end
            end
          end

          function written.http(http, calls)
            function http.events(request, fn)
              if type(fn) ~= "function" then error("loom.http.events takes a function as its second argument", 2) end
              local stream, refused = taken(calls.events(request))
              if not stream then return nil, refused end
              local event, err = stream:next()
              while event and fn(event) ~= false do event, err = stream:next() end
              stream:close()
              if err then return nil, err end
              return { url = stream.url, status = stream.status, headers = stream.headers, body = stream.body }
            end
          end

          function written.model(model, calls)
            function model.stream(request, fn)
              if type(fn) ~= "function" then error("loom.model.stream takes a function as its second argument", 2) end
              local answer, refused = taken(calls.stream(request))
              if not answer then return nil, refused end
              local piece = answer:next()
              while piece do
                if fn(piece.text, piece.attempt) == false then
                  answer:close()
                  return nil, setmetatable({ code = "given_up", message = "The call was given up by its own function." }, meta)
                end
                piece = answer:next()
              end
              return answer:finish()
            end
          end

          function written.Subscription()
            return function(self) return self:next() end
          end

          -- Of each task what its function returned: values stay what they are because they never leave Lua.
          local boxes = setmetatable({}, { __mode = "k" })

          function written.Task(task, calls)
            local cancel = task.cancel

            function task:await()
              local box = boxes[self]
              if box and box.cancelled then return nil, setmetatable({ code = "cancelled", message = "The task was cancelled." }, meta) end
              if not box or not box.values then
                local ok, raised = calls.await(self)
                if ok == false then return nil, setmetatable(raised, meta) end
                if not ok then error(raised, 2) end
                if type(raised) == "table" and raised.code and raised.message then setmetatable(raised, meta) end
                if raised ~= nil then error(raised, 0) end
              end
              return unpack(box.values, 1, box.values.n)
            end

            function task:cancel()
              local box = boxes[self]
              if box and not box.values then box.cancelled = true end
              return cancel(self)
            end
          end

          function written.task(task, calls)
            local function spawn(fn, ...)
              local arguments, box = pack(...), {}
              local handle, err = taken(calls.spawn(function() box.values = pack(fn(unpack(arguments, 1, arguments.n))) end))
              if handle then boxes[handle] = box end
              return handle, err
            end

            function task.spawn(fn, ...)
              if type(fn) ~= "function" then error("loom.task.spawn takes a function, got " .. type(fn), 2) end
              return spawn(fn, ...)
            end

            local function spawn_all(functions)
              local handles = {}
              for index, fn in ipairs(functions) do
                local handle, err = spawn(fn)
                if not handle then
                  for _, begun in ipairs(handles) do begun:cancel() end
                  return nil, err
                end
                handles[index] = handle
              end
              return handles
            end

            local function check(name, functions)
              local is_list = type(functions) == "table" and #functions > 0
              for _, fn in ipairs(is_list and functions or {}) do is_list = is_list and type(fn) == "function" end
              if not is_list then error(name .. " takes a list of functions", 3) end
            end

            local function cancel_but(handles, kept)
              for index, handle in ipairs(handles) do
                if index ~= kept then handle:cancel() end
              end
            end

            function task.all(functions)
              check("loom.task.all", functions)
              local handles, err = spawn_all(functions)
              if not handles then return nil, err end
              local failed = inner.settled(handles)
              if failed > 0 then
                cancel_but(handles, failed)
                return handles[failed]:await()
              end
              local values = {}
              for index, handle in ipairs(handles) do values[index] = handle:await() end
              return values
            end

            function task.race(functions)
              check("loom.task.race", functions)
              local handles, err = spawn_all(functions)
              if not handles then return nil, err end
              local first = inner.settled(handles, true)
              cancel_but(handles, first)
              local value, problem = handles[first]:await()
              if value == nil and problem then return nil, problem end
              return value, first
            end
          end

          return written
        end
        """
}
