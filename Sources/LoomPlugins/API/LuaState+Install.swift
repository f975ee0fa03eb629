import LoomLua

extension LuaState {
    /// Gives this state what the prelude makes `loom` of, in one turn of its actor.
    func install(_ functions: APITables, null: NullFunction, modules: ModuleScope, lease: Lease) {
        registerTables(Prelude.tables) { name in
            name == Prelude.inner ? Prelude.innerFunctions(functions, null) : functions.members(of: name, null: null, lease: lease)
        }
        setModuleLoader { name in name == Prelude.handlesModule ? (Prelude.handles, "=" + Prelude.chunk) : try modules.load(name) }
        setPrint { call, text in
            guard let context = call.context as? CallContext else { return }
            context.ports.log("info", context.plugin, text)
        }
    }
}
