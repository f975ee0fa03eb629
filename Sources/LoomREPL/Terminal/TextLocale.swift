import Glibc

/// The character encoding of this process, set up once: libedit and `wcwidth` know nothing beyond ASCII before `setlocale`.
package enum TextLocale {
    /// True when the environment's locale is UTF-8, so that marks beyond ASCII will be seen as they are.
    package static let isUTF8: Bool = {
        setlocale(LC_CTYPE, "")
        if codeset == "UTF-8" { return true }
        // Widths and typed text still need a UTF-8 table: containers set no locale, their terminals are UTF-8 all the same.
        setlocale(LC_CTYPE, "C.UTF-8")
        return false
    }()

    private static var codeset: String {
        guard let name = nl_langinfo(Int32(CODESET)) else { return "" }
        return String(cString: name)
    }
}
