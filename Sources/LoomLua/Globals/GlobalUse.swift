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
    /// The globals that a source uses, in the order of its code, seen by Lua's own parser.
    ///
    /// A local `_ENV` is told from the globals. What is out of a reader's sight is missing: names made at run time, and those
    /// of functions with hundreds of constants. Use it for a source that has been compiled before: no deadline holds it.
    package func globals(of source: String, chunk: String) throws(LuaError) -> [GlobalUse] {
        if isClosed { throw .closed }
        var source = source
        let failure = source.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { text in
                loom_lua_dump(host, text.baseAddress, text.count, Self.chunkName(chunk))
            }
        }
        guard failure == 0 else { throw LuaError(Self.kind(failure), outputText()) }
        var length = 0
        let bytes = loom_lua_output(host, &length)
        var reader = BytecodeReader(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : length))
        return reader.main()?.globals() ?? []
    }
}
