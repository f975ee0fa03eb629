import LoomLua

extension LuaState {
    /// Makes the functions of `loom` in this state, in one turn of its actor.
    func install(_ functions: [APIFunction], null: NullFunction, modules: ModuleScope, lease: Lease) {
        for function in functions {
            guard let body = APIBinding(function: function, null: null, lease: lease).hostFunction else { continue }
            register(function.isMethod ? Prelude.path(ofMethod: function.name) : "loom.\(function.name)", body)
        }
        register(Prelude.emit, .async { call, values in await ProviderFunctions.emit(call, values, null) })
        register(Prelude.nextEvent, .async { call, _ in try await ProviderFunctions.nextEvent(call) })
        register(Prelude.settled, .async { call, values in await TaskFunctions.settled(call, values) })
        setModuleLoader { name in try modules.load(name) }
        setPrint { call, text in
            guard let context = call.context as? CallContext else { return }
            context.ports.log("info", context.plugin, text)
        }
    }
}
