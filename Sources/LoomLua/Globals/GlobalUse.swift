internal import CLuaHost

/// A place in a source where a global is read or assigned.
package struct GlobalUse: Sendable, Hashable {
    package let name: String
    package let line: Int
    package let isAssigned: Bool
    /// The constant names that are read from it at once: `fs` and `read` in `loom.fs.read(path)`.
    package let members: [String]
}

extension LuaState {
    /// The globals that the source uses which `run` was last told to look at, in the order of its code, seen by Lua's own compiler.
    /// They are told once; nothing for a source that did not compile.
    ///
    /// A local `_ENV` is told from the globals. What is out of a reader's sight is missing: names made at run time, and those
    /// of functions with hundreds of constants.
    package func takeGlobals() -> [GlobalUse] {
        defer { loom_lua_drop_code(host) }
        var length = 0
        let bytes = loom_lua_code(host, &length)
        var reader = BytecodeReader(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length))
        return reader.main()?.globals() ?? []
    }
}
