import LoomSystem
import Testing

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000000Z"), (1_767_225_600_000_000_000, "2026-01-01T00:00:00.000000000Z"),
            (-1, "1969-12-31T23:59:59.999999999Z"),
            (951_782_400_123_456_789, "2000-02-29T00:00:00.123456789Z"), (.max, "2262-04-11T23:47:16.854775807Z"),
            (.min, "1677-09-21T00:12:43.145224192Z"),
        ] as [(Int64, String)])
    func `a time has one text`(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).iso8601 == text)
        #expect(Timestamp(iso8601: text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        ("2026-11-22T10:11:12Z", "2026-11-22T10:11:12.000Z"), ("2026-11-22T10:11:12.5+02:30", "2026-11-22T07:41:12.500Z"),
        ("2026-11-22t10:11:12.123456789999z", "2026-11-22T10:11:12.123Z"), ("2026-01-01 00:00:00-00:01", "2026-01-01T00:01:00.000Z"),
    ])
    func `other forms of RFC 3339 are read`(text: String, expected: String) {
        #expect(Timestamp(iso8601: text)?.text(fractionDigits: 3) == expected)
    }

    @Test(arguments: [
        "", "2026", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00Zx", "9999-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test func `any time survives its text and sorts as its text`() {
        let seeded = Seeded()
        for _ in 0..<2_000 {
            let (one, two) = (
                Timestamp(nanoseconds: Int64(bitPattern: seeded.random.next())),
                Timestamp(nanoseconds: Int64(bitPattern: seeded.random.next()))
            )
            #expect(Timestamp(iso8601: one.iso8601) == one, seeded.comment)
            #expect((one < two) == (one.iso8601 < two.iso8601), seeded.comment)
        }
    }

    @Test func `arithmetic stops at the ends`() {
        let time = Timestamp(seconds: 100)
        #expect(time + .milliseconds(1_500) - time == .milliseconds(1_500))
        #expect(time - .seconds(100) == Timestamp(nanoseconds: 0))
        #expect(time + .seconds(Int64.max) == Timestamp(nanoseconds: .max))
        #expect(time - .seconds(Int64.max) < Timestamp(nanoseconds: 0))
        #expect(Duration.seconds(1.5).wholeMilliseconds == 1_500)
        #expect(Duration.milliseconds(-1_500).inSeconds == -1.5)
    }

    @Test(arguments: [
        (1.5, Duration.milliseconds(1_500)), (0, .zero), (-1e300, .zero), (.nan, .zero), (1e300, .seconds(1_000_000_000)),
        (.infinity, .seconds(1_000_000_000)), (-.infinity, .zero),
    ])
    func `any number of seconds makes a time that can be reckoned with`(seconds: Double, duration: Duration) {
        #expect(Duration.bounded(seconds: seconds) == duration)
    }

    @Test func `its JSON is its text`() throws {
        let time = Timestamp(seconds: 1, nanoseconds: 5)
        #expect(try JSON(encoding: time) == "1970-01-01T00:00:01.000000005Z")
        #expect(try JSON.string(time.iso8601).decode(as: Timestamp.self) == time)
        #expect(throws: JSON.ShapeError.self) { try JSON.string("yesterday").decode(as: Timestamp.self) }
    }
}
