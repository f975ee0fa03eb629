/// A place in the value under construction. A class, because `Encoder`'s containers write into their parent later.
final class JSONNode {
    enum Content {
        case unset
        case leaf(JSON)
        case array([JSONNode])
        /// Members that are done, and those that are still under construction.
        case object([String: JSON], [String: JSONNode])
    }

    var content = Content.unset

    var json: JSON {
        switch content {
        // A type that encodes nothing is an object without members, as Foundation has it.
        case .unset: .object([:])
        case .leaf(let value): value
        case .array(let nodes): .array(nodes.map(\.json))
        case .object(let done, let nodes): .object(nodes.isEmpty ? done : done.merging(nodes.mapValues(\.json)) { $1 })
        }
    }

    var count: Int {
        if case .array(let nodes) = content { nodes.count } else { 0 }
    }

    func append() -> JSONNode {
        let node = JSONNode()
        var nodes: [JSONNode] = []
        if case .array(let existing) = content { nodes = existing }
        content = .unset
        nodes.append(node)
        content = .array(nodes)
        return node
    }

    func member(_ key: String) -> JSONNode {
        let node = JSONNode()
        setMember(key, done: nil, node: node)
        return node
    }

    func setMember(_ key: String, _ value: JSON) { setMember(key, done: value, node: nil) }

    private func setMember(_ key: String, done value: JSON?, node: JSONNode?) {
        var (done, nodes): ([String: JSON], [String: JSONNode]) = ([:], [:])
        if case .object(let someDone, let someNodes) = content { (done, nodes) = (someDone, someNodes) }
        // Dropping our own references first lets the dictionaries change in place.
        content = .unset
        done[key] = value
        nodes[key] = node
        content = .object(done, nodes)
    }
}

struct JSONValueEncoder: Encoder, SingleValueEncodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // Room for the members that most payloads have, so that it does not grow three times.
        if case .object = node.content {} else { node.content = .object(Dictionary(minimumCapacity: 6), [:]) }
        return KeyedEncodingContainer(JSONObjectEncoder<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return JSONArrayEncoder(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { node.content = .leaf(.null) }
    func encode(_ value: Bool) { node.content = .leaf(.bool(value)) }
    func encode(_ value: String) { node.content = .leaf(.string(value)) }
    func encode(_ value: Float) throws { try encode(Double(value)) }
    func encode(_ value: Int) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: Int8) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: Int16) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: Int32) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: Int64) { node.content = .leaf(.int(value)) }
    func encode(_ value: UInt) throws { try encode(UInt64(value)) }
    func encode(_ value: UInt8) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: UInt16) { node.content = .leaf(.int(Int64(value))) }
    func encode(_ value: UInt32) { node.content = .leaf(.int(Int64(value))) }

    func encode(_ value: UInt64) throws {
        guard let signed = Int64(exactly: value) else { throw refusal(value, "the integer \(value) is larger than JSON here can keep") }
        node.content = .leaf(.int(signed))
    }

    func encode(_ value: Double) throws {
        guard value.isFinite else { throw refusal(value, "JSON has no number \(value)") }
        node.content = .leaf(.number(value))
    }

    func encode<T: Encodable>(_ value: T) throws {
        if let json = value as? JSON {
            node.content = .leaf(json)
        } else {
            try value.encode(to: self)
        }
    }

    private func refusal(_ value: Any, _ reason: String) -> EncodingError {
        .invalidValue(value, .init(codingPath: codingPath, debugDescription: reason))
    }
}

private struct JSONObjectEncoder<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONNode
    let codingPath: [any CodingKey]

    private func encoder(for key: any CodingKey) -> JSONValueEncoder {
        JSONValueEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }

    // What most payloads are made of needs no path, since it cannot be refused.
    func encodeNil(forKey key: Key) { node.setMember(key.stringValue, .null) }
    func encode(_ value: Bool, forKey key: Key) { node.setMember(key.stringValue, .bool(value)) }
    func encode(_ value: String, forKey key: Key) { node.setMember(key.stringValue, .string(value)) }
    func encode(_ value: Int, forKey key: Key) { node.setMember(key.stringValue, .int(Int64(value))) }
    func encode(_ value: Int64, forKey key: Key) { node.setMember(key.stringValue, .int(value)) }
    func encode(_ value: Double, forKey key: Key) throws { try encoder(for: key).encode(value) }
    func encode(_ value: Float, forKey key: Key) throws { try encoder(for: key).encode(value) }
    func encode(_ value: Int8, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: Int16, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: Int32, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: UInt, forKey key: Key) throws { try encoder(for: key).encode(value) }
    func encode(_ value: UInt8, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: UInt16, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: UInt32, forKey key: Key) { encoder(for: key).encode(value) }
    func encode(_ value: UInt64, forKey key: Key) throws { try encoder(for: key).encode(value) }
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try encoder(for: key).encode(value) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type, forKey key: Key) -> KeyedEncodingContainer<NestedKey> {
        encoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(for: key).unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder(for: JSONKey.name("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }
}

private struct JSONArrayEncoder: UnkeyedEncodingContainer {
    let node: JSONNode
    let codingPath: [any CodingKey]
    var count: Int { node.count }

    private func encoder() -> JSONValueEncoder {
        let path = codingPath + [JSONKey.index(count)]
        return JSONValueEncoder(node: node.append(), codingPath: path)
    }

    func encodeNil() { encoder().encodeNil() }
    func encode(_ value: Bool) { encoder().encode(value) }
    func encode(_ value: String) { encoder().encode(value) }
    func encode(_ value: Double) throws { try encoder().encode(value) }
    func encode(_ value: Float) throws { try encoder().encode(value) }
    func encode(_ value: Int) { encoder().encode(value) }
    func encode(_ value: Int8) { encoder().encode(value) }
    func encode(_ value: Int16) { encoder().encode(value) }
    func encode(_ value: Int32) { encoder().encode(value) }
    func encode(_ value: Int64) { encoder().encode(value) }
    func encode(_ value: UInt) throws { try encoder().encode(value) }
    func encode(_ value: UInt8) { encoder().encode(value) }
    func encode(_ value: UInt16) { encoder().encode(value) }
    func encode(_ value: UInt32) { encoder().encode(value) }
    func encode(_ value: UInt64) throws { try encoder().encode(value) }
    func encode<T: Encodable>(_ value: T) throws { try encoder().encode(value) }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        encoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { encoder() }
}
