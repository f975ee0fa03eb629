import Testing

@testable import LoomKernel

@Suite("A mailbox", .timeLimit(.minutes(1))) struct MailboxTests {
    @Test("hands out in order, first to who waits")
    func order() async {
        let mailbox = Mailbox<Int>()
        async let first = mailbox.next()
        mailbox.send(1)
        mailbox.send(2)
        #expect(await [first, mailbox.next()] == [1, 2])
    }

    @Test("keeps what a cancelled reader did not take for whoever closes it, and takes no more")
    func cancelledReader() async {
        let mailbox = Mailbox<Int>()
        mailbox.send(1)
        mailbox.send(2)
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await mailbox.next()
        }
        #expect(await reading.value == nil)
        #expect(!mailbox.send(3))
        #expect(mailbox.close() == [1, 2])
        #expect(mailbox.close() == [])
    }

    @Test("lets go of a reader that is cancelled while it waits")
    func cancelledWhileWaiting() async {
        let mailbox = Mailbox<Int>()
        let reading = Task { await mailbox.next() }
        await Task.yield()
        reading.cancel()
        #expect(await reading.value == nil)
        #expect(mailbox.close() == [])
    }
}
