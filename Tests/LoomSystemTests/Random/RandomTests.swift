import LoomSystem
import Testing

@Suite struct RandomTests {
    @Test func `the same seed gives the same numbers, those of SplitMix64`() {
        let random = SeededRandom(seed: 1_234_567)
        // The first values of the reference implementation for this seed.
        #expect(
            [random.next(), random.next(), random.next()] == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }

    @Test func `drawn numbers stay in their range`() {
        let seeded = Seeded()
        for _ in 0..<1_000 {
            #expect((3...5).contains(seeded.random.next(in: 3...5)), seeded.comment)
            #expect((0..<1).contains(seeded.random.nextUnit()), seeded.comment)
        }
        #expect(LiveRandom().next() != LiveRandom().next())
    }

    @Test func `an id is 26 characters that sort by time`() throws {
        let clock = ManualClock()
        let random = SeededRandom(seed: 1)
        var ids: [ID] = []
        for _ in 0..<50 {
            ids.append(ID(clock: clock, random: random))
            clock.advance(by: .milliseconds(1))
        }
        let texts = ids.map(\.description)
        #expect(texts.allSatisfy { $0.utf8.count == 26 })
        #expect(texts == texts.sorted())
        #expect(ids == ids.sorted())
        #expect(ids[0].time == Timestamp(iso8601: "2026-01-01T00:00:00Z"))
        for (id, text) in zip(ids, texts) {
            #expect(ID(text) == id)
            #expect(ID(text.lowercased()) == id)
            #expect(try JSON(encoding: id) == .string(text))
            #expect(try JSON.string(text).decode(as: ID.self) == id)
        }
    }

    @Test func `known bits have their known text`() {
        #expect(ID("01ARZ3NDEKTSV4RRFFQ69G5FAV")?.description == "01ARZ3NDEKTSV4RRFFQ69G5FAV")
        #expect(ID("01ARZ3NDEKTSV4RRFFQ69G5FAV")?.time.text(fractionDigits: 3) == "2016-07-30T23:54:10.259Z")
        #expect(ID("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")?.description == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
    }

    @Test(arguments: [
        "", "01ARZ3NDEKTSV4RRFFQ69G5FA", "81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "01ARZ3NDEKTSV4RRFFQ69G5FA-",
    ])
    func `what is no id is refused`(text: String) {
        #expect(ID(text) == nil)
    }

    @Test func `a generator's ids rise although the clock stands still or goes back`() {
        struct Constant: RandomSource {
            func next() -> UInt64 { .max }
        }
        let clock = ManualClock()
        let generator = IDGenerator(clock: clock, random: Constant())
        var last = generator.next()
        for step in 0..<100 {
            if step == 50 { clock.advance(by: .seconds(-1)) }
            let next = generator.next()
            #expect(last < next)
            last = next
        }
    }
}
