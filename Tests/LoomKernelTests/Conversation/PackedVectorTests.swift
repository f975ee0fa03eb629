import Testing

@testable import LoomKernel

@Suite("A vector kept as plain numbers")
struct PackedVectorTests {
    @Test("holds what it was given, number by number")
    func round() {
        var vector = SIMD8<Double>(1, 2, 3, 4, 5, 6, 7, 8)
        @PackedVector var packed = vector
        #expect(packed == vector)
        for index in vector.indices {
            vector[index] = -vector[index]
            packed[index] = -packed[index]
            #expect(packed == vector)
        }
    }

    @Test("lies where any value may, and so does what holds one")
    func alignment() {
        #expect(MemoryLayout<PackedVector>.alignment <= 16)
        #expect(MemoryLayout<PackedVector>.size == 64)
        #expect(MemoryLayout<TextProfile>.alignment <= 16)
        #expect(MemoryLayout<TokenEstimate>.alignment <= 16)
    }
}
