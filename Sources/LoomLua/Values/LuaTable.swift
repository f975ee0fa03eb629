/// A Lua table by value: its sequence (the values of 1, 2, 3 ... up to the first nil) and its other fields.
package struct LuaTable: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package let key: LuaKey
        package var value: LuaValue
    }

    package var array: [LuaValue]
    /// Sorted by key, each key once, so that what is derived from a table does not depend on Lua's hashing.
    package private(set) var fields: [Field]

    package init() { (array, fields) = ([], []) }

    package init(array: [LuaValue] = [], fields: [LuaKey: LuaValue] = [:]) {
        self.array = array
        self.fields = fields.map { Field(key: $0, value: $1) }.sorted { $0.key < $1.key }
    }

    /// The last one wins where a name comes twice.
    package init(_ named: some Sequence<(String, LuaValue)>) {
        self.init()
        for (name, value) in named { self[name] = value }
    }

    init(array: [LuaValue], unsorted: [Field]) {
        self.array = array
        fields = unsorted.sorted { $0.key < $1.key }
    }

    package var isEmpty: Bool { array.isEmpty && fields.isEmpty }

    /// The texts among the keys, sorted.
    package var names: [String] { fields.compactMap(\.key.name) }

    /// `nil` where there is no such field; assigning `nil` removes it.
    package subscript(name: String) -> LuaValue {
        get { self[key: .string(name)] }
        set { self[key: .string(name)] = newValue }
    }

    package subscript(key key: LuaKey) -> LuaValue {
        get {
            let place = place(of: key)
            return place < fields.endIndex && fields[place].key == key ? fields[place].value : .nil
        }
        set {
            let place = place(of: key)
            let exists = place < fields.endIndex && fields[place].key == key
            switch (exists, newValue) {
            case (true, .nil): fields.remove(at: place)
            case (true, _): fields[place].value = newValue
            case (false, .nil): break
            case (false, _): fields.insert(Field(key: key, value: newValue), at: place)
            }
        }
    }

    private func place(of key: LuaKey) -> Int {
        var low = fields.startIndex
        var high = fields.endIndex
        while low < high {
            let middle = (low + high) / 2
            if fields[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension LuaTable: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    package init(dictionaryLiteral elements: (String, LuaValue)...) { self.init(elements) }
    package init(arrayLiteral elements: LuaValue...) { self.init(array: elements) }
}
