import CCurl
import Synchronization

/// The thread that carries all HTTP transfers, with one curl multi handle and its pool of connections.
///
/// It starts with the first request, and so does curl itself: a run without network pays for neither.
final class CurlReactor: Sendable {
    enum Command: Sendable {
        case start(Transfer.Order)
        case cancel(id: UInt64)
        case room(id: UInt64)
    }

    /// curl allows `curl_multi_wakeup` from any thread; this pointer is used for nothing else outside the reactor's own.
    private struct MultiHandle: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private enum Engine {
        case idle
        case running(MultiHandle)
        case broken
    }

    private struct Inbox {
        var engine = Engine.idle
        var commands: [Command] = []
        var lastID: UInt64 = 0
    }

    static let shared = CurlReactor()

    private let inbox = Mutex(Inbox())

    func newID() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastID += 1
            return inbox.lastID
        }
    }

    /// Hands a command to the thread; false when there is none.
    @discardableResult
    func submit(_ command: Command) -> Bool {
        inbox.withLock { inbox in
            if case .idle = inbox.engine { inbox.engine = startEngine() }
            guard case .running(let multi) = inbox.engine else { return false }
            inbox.commands.append(command)
            if inbox.commands.count == 1 { curl_multi_wakeup(multi.pointer) }
            return true
        }
    }

    private func startEngine() -> Engine {
        Libcrypto.prepare()
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let pointer = curl_multi_init() else { return .broken }
        let multi = MultiHandle(pointer: pointer)
        return DedicatedThread.start { self.serve(multi) } ? .running(multi) : .broken
    }

    private func serve(_ handle: MultiHandle) {
        let multi = handle.pointer
        var transfers: [UInt64: Transfer] = [:]
        while true {
            for command in takeCommands() { Self.obey(command, multi, &transfers) }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            Self.collect(multi, &transfers)
            let now = LiveClock().uptime
            for (id, transfer) in transfers {
                guard let reason = transfer.overdue(now: now) else { continue }
                transfer.finish(.failure(transfer.error(reason)))
                transfers[id] = nil
                curl_multi_remove_handle(multi, transfer.easy)
            }
            let wake = transfers.values.compactMap(\.nextCheck).min()
            // curl wakes up by itself for its sockets and own timers; a minute is for the case that it knows of neither.
            let left = wake.map { max(.zero, min($0 - now, .seconds(60))) } ?? .seconds(60)
            curl_multi_poll(multi, nil, 0, Int32(clamping: (left + .nanoseconds(999_999)).wholeMilliseconds), nil)
        }
    }

    private func takeCommands() -> [Command] {
        inbox.withLock { inbox in
            defer { inbox.commands = [] }
            return inbox.commands
        }
    }

    private static func obey(_ command: Command, _ multi: UnsafeMutableRawPointer, _ transfers: inout [UInt64: Transfer]) {
        switch command {
        case .start(let order):
            if order.cancellation.isSet { return order.fail(.cancelled) }
            guard let transfer = Transfer(order) else { return order.fail(.other("curl could not prepare it")) }
            guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else { return order.fail(.other("curl could not start it")) }
            transfers[order.id] = transfer
        case .cancel(let id):
            guard let transfer = transfers.removeValue(forKey: id) else { return }
            transfer.finish(.failure(transfer.error(.cancelled)))
            curl_multi_remove_handle(multi, transfer.easy)
        case .room(let id): transfers[id]?.resume()
        }
    }

    /// Ends the transfers that curl reports as done.
    private static func collect(_ multi: UnsafeMutableRawPointer, _ transfers: inout [UInt64: Transfer]) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            guard let (id, transfer) = transfers.first(where: { $0.value.easy == easy }) else { continue }
            transfer.finish(code)
            transfers[id] = nil
            curl_multi_remove_handle(multi, easy)
        }
    }
}
