/// Keeps a vector as plain numbers. A vector of eight wants to lie at a multiple of 64 bytes, and Swift 6.3 makes the frame of an
/// async function in which such a value waits too small: what lies behind the frame is then written over.
@propertyWrapper
package struct PackedVector: Sendable, Hashable {
    // Four vectors of two: these lie where any value may.
    private var a: SIMD2<Double>
    private var b: SIMD2<Double>
    private var c: SIMD2<Double>
    private var d: SIMD2<Double>

    package init(wrappedValue vector: SIMD8<Double>) {
        (self.a, self.b) = (vector.lowHalf.lowHalf, vector.lowHalf.highHalf)
        (self.c, self.d) = (vector.highHalf.lowHalf, vector.highHalf.highHalf)
    }

    package var wrappedValue: SIMD8<Double> {
        get { SIMD8(lowHalf: SIMD4(lowHalf: self.a, highHalf: self.b), highHalf: SIMD4(lowHalf: self.c, highHalf: self.d)) }
        set { self = PackedVector(wrappedValue: newValue) }
    }
}
