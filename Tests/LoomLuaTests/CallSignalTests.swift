import Testing

@testable import LoomLua

@Suite("The clock of a call's deadline") struct CallSignalTests {
    @Test("stands while the call waits for a person, or a call that belongs to it does, and then goes on with what was left")
    func clock() {
        let signal = LuaCallSignal(deadline: .max / 2)
        #expect(signal.deadline == .max / 2)
        signal.pause()
        signal.hold()
        signal.hold()
        #expect(signal.deadline == 0)
        signal.endPauses()
        #expect(signal.deadline == 0, "the end of a host function ends its own pauses only")
        signal.release()
        #expect(signal.deadline == 0)
        signal.release()
        #expect(signal.deadline >= .max / 2)
        signal.release()
        #expect(signal.deadline >= .max / 2, "one release too many does nothing")
    }

    @Test("a call without a deadline has none afterwards")
    func none() {
        let signal = LuaCallSignal(deadline: 0)
        signal.hold()
        signal.release()
        #expect(signal.deadline == 0)
    }
}
