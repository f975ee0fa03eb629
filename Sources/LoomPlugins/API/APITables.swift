import LoomLua

/// Functions by the table they are in. A state makes those of a table when its code first looks into it.
struct APITables: Sendable {
    private let rows: [String: [(key: String, function: APIFunction)]]
    /// The tables in `loom`, such as `fs`.
    let spaces: [String]

    /// What every plugin gets.
    static let ofPlugins = APITables(APIFunction.all + APIFunction.methods + APIFunction.innerMethods)
    /// What specs get: of the others the harness makes up its own.
    static let ofSpecs = APITables(APIFunction.all.filter(\.isReal))

    private init(_ functions: [APIFunction]) {
        rows = Dictionary(grouping: functions, by: \.place.table).mapValues { $0.map { (key: $0.place.key, function: $0) } }
        spaces = rows.keys.filter { $0.hasPrefix("loom.") }.map { String($0.dropFirst("loom.".count)) }.sorted()
    }

    /// Without what is written in Lua.
    func members(of table: String, null: NullFunction, lease: Lease) -> [LuaTableMember]? {
        rows[table]?.compactMap { key, function in
            APIBinding(function: function, null: null, lease: lease).hostFunction
                .map { LuaTableMember(key: key, name: function.fullName, function: $0) }
        }
    }
}
