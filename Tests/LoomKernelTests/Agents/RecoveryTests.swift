import LoomSystem
import Testing

@testable import LoomKernel

@Suite("After a crash")
struct RecoveryTests {
    private let write = Effect.write(path: "a.txt", before: "old", after: "new", summary: "a.txt was written (+1 −0)")

    @Test("a call without an effect is simply run")
    func nothing() {
        #expect(Recovery.judge([], isReadOnly: false, hashOf: { _ in nil }) == .runAgain)
        #expect(Recovery.judge([self.write], isReadOnly: true, hashOf: { _ in "new" }) == .runAgain)
    }

    @Test("the file itself says whether a write happened", arguments: [("new", true), ("old", false)])
    func oneWrite(now: String, happened: Bool) {
        let judged = Recovery.judge([self.write], isReadOnly: false, hashOf: { _ in now })
        if happened {
            #expect(judged == .finished(ToolResult("a.txt was written (+1 −0) (confirmed after a restart).")))
        } else {
            #expect(judged == .runAgain)
        }
    }

    @Test("a file that somebody else changed leaves it to the model")
    func foreign() {
        guard case .finished(let result) = Recovery.judge([self.write], isReadOnly: false, hashOf: { _ in "other" }) else {
            Issue.record("the call would be repeated")
            return
        }
        #expect(result.status == .interrupted)
    }

    @Test("a command that had been started is never started again by itself")
    func process() throws {
        let effects = [Effect.process(command: "make")]
        guard case .finished(let result) = Recovery.judge(effects, isReadOnly: false, hashOf: { _ in nil }) else {
            Issue.record("the command would run twice")
            return
        }
        #expect(result.status == .interrupted)
        #expect(result.text.contains("make"))
    }

    @Test("what was stored with its row did happen")
    func stored() {
        let judged = Recovery.judge([.stored("the message to lin was sent")], isReadOnly: false, hashOf: { _ in nil })
        #expect(judged == .finished(ToolResult("the message to lin was sent (confirmed after a restart).")))
    }
}
