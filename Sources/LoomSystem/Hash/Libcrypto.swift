import CCrypto

/// The system's libcrypto, told before its first use not to clean up at exit: that frees its locks while other threads may
/// still be hashing, and the process would end with a crash instead of its exit code.
enum Libcrypto {
    private static let isPrepared = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1

    /// Also for whoever brings libcrypto in by another library, such as libcurl: the first use decides.
    static func prepare() { _ = self.isPrepared }
}
