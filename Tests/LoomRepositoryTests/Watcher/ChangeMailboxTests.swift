import Testing

@testable import LoomRepository

@Suite struct ChangeMailboxTests {
    @Test func `changes that nobody took become one`() async {
        let mailbox = ChangeMailbox()
        mailbox.put(.changed(["a"]))
        mailbox.put(.changed(["b", "a"]))
        #expect(await mailbox.take() == .changed(["a", "b"]))
    }

    @Test func `too many paths become a rescan`() async {
        let mailbox = ChangeMailbox()
        for number in 0...ChangeMailbox.pathLimit { mailbox.put(.changed(["\(number)"])) }
        mailbox.put(.changed(["late"]))
        mailbox.put(.trouble(.gone(folder: "/a")))
        mailbox.close()
        #expect(await mailbox.take() == .trouble(.gone(folder: "/a")))
        #expect(await mailbox.take() == .rescan)
        #expect(await mailbox.take() == nil)
    }

    @Test func `a waiting reader gets the next change, and nil when the mailbox closes`() async {
        let mailbox = ChangeMailbox()
        async let first = mailbox.take()
        mailbox.put(.rescan)
        #expect(await first == .rescan)
        async let second = mailbox.take()
        mailbox.close()
        #expect(await second == nil)
        mailbox.put(.rescan)
        #expect(await mailbox.take() == nil)
    }

    @Test func `a cancelled reader gets nil`() async {
        let mailbox = ChangeMailbox()
        let reader = Task { await mailbox.take() }
        reader.cancel()
        #expect(await reader.value == nil)
    }
}
