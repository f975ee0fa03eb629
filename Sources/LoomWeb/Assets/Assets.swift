/// The files of the page, in the program itself: nothing to install, nothing to find at start.
enum Assets {
    /// Three threads over three: a loom.
    static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke-width="2" stroke-linecap="round">\
        <path stroke="#3a5fd0" d="M4 1v14M8 1v14M12 1v14"/>\
        <path stroke="#e0803c" d="M1 4h5M10 4h5M5 8h6M1 12h5M10 12h5"/></svg>
        """
}
