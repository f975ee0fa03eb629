import Glibc

/// The memory that `malloc` gives out.
package enum Heap {
    /// Gives pages back to the system in which nothing is used any more. The C library keeps them for what may be wanted next.
    package static func trim() {
        // The module of the C library leaves malloc.h out, so it is found by its name.
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        let trim = unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
        _ = trim(0)
    }
}
