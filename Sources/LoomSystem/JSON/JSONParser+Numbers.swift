extension JSONParser {
    mutating func number() throws(Failure) -> JSON {
        let start = position
        let negative = take("-")
        guard let first = next, isDigit(first) else { throw failure("expected a digit, found \(describeNext())") }
        var magnitude: UInt64 = 0
        var fits = true
        var digits = 0
        while let byte = next, isDigit(byte) {
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            fits = fits && !overflowed && !carried
            magnitude = sum
            digits += 1
            position += 1
        }
        if first == UInt8(ascii: "0"), digits > 1 { throw Failure(reason: "a number must not start with 0", offset: start) }
        if next != UInt8(ascii: "."), next != UInt8(ascii: "e"), next != UInt8(ascii: "E") {
            // Minus zero is a number, not an integer: an integer would lose its sign.
            if fits, !(negative && magnitude == 0), let value = integer(magnitude, negative: negative) { return .int(value) }
            return try double(from: start)
        }
        if take(".") { try someDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try someDigits()
        }
        return try double(from: start)
    }

    private func integer(_ magnitude: UInt64, negative: Bool) -> Int64? {
        if negative { return magnitude == UInt64(Int64.max) + 1 ? .min : Int64(exactly: magnitude).map { -$0 } }
        return Int64(exactly: magnitude)
    }

    private mutating func someDigits() throws(Failure) {
        guard let byte = next, isDigit(byte) else { throw failure("expected a digit, found \(describeNext())") }
        while let byte = next, isDigit(byte) { position += 1 }
    }

    private func double(from start: Int) throws(Failure) -> JSON {
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw Failure(reason: "the number is out of range", offset: start) }
        return .number(value)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
