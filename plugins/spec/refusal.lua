--- `nil, err` as the real host gives it: `err` has code and message, and is its message as a text.
local meta = { __tostring = function(err) return err.message end }

return function(code, message, ...)
  return nil, setmetatable({ code = code, message = message:format(...) }, meta)
end
