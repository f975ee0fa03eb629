import CCurl

extension Timestamp {
    /// A date of an HTTP header (RFC 9110 5.6.7), such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for anything else.
    package init?(httpDate text: String) {
        let seconds = curl_getdate(text, nil)
        guard seconds >= 0 else { return nil }
        self.init(seconds: Int64(seconds))
    }
}
