/// Calls that want the thread, first come first served.
struct LuaQueue {
    private var entries: [LuaRunning] = []
    private var head = 0

    var isEmpty: Bool { head == entries.count }

    mutating func append(_ call: LuaRunning) { entries.append(call) }

    mutating func popFirst() -> LuaRunning? {
        guard head < entries.count else { return nil }
        defer {
            head += 1
            if head == entries.count || head > 1024 {
                entries.removeFirst(head)
                head = 0
            }
        }
        return entries[head]
    }

    mutating func removeAll() { (entries, head) = ([], 0) }
}
