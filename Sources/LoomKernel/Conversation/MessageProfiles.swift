/// What each message of a conversation is made of. A conversation mostly grows at its end, so what was looked at once is not looked
/// at again: a full window is half a megabyte of text, which goes out with every call.
package struct MessageProfiles: Sendable, Hashable {
    package private(set) var list: [TextProfile] = []
    private var messages: [Message] = []

    package init() {}

    /// Texts that are the same are mostly the same storage too, so comparing them costs nothing.
    package mutating func update(_ messages: [Message]) {
        self.list = messages.enumerated().map { index, message in
            index < self.messages.count && self.messages[index] == message ? self.list[index] : TextProfile(message)
        }
        self.messages = messages
    }
}
