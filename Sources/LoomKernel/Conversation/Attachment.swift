import LoomSystem

/// A picture or a document that a model looks at. Its bytes lie in the project's state folder under their hash, so that what was shown stays
/// what it was; rows and signals hold what is said about them.
package struct Attachment: Sendable, Hashable, Codable {
    /// As the tool named the file, relative to the project.
    package let name: String
    /// `image/png`.
    package let mediaType: String
    package let hash: String
    package let bytes: Int
    /// The bytes in base64, while they are being sent.
    package var data: String?
    enum CodingKeys: String, CodingKey {
        case name, hash, bytes
        case mediaType = "media_type"
    }

    package init(name: String, mediaType: String, hash: String, bytes: Int) {
        self.name = name
        self.mediaType = mediaType
        self.hash = hash
        self.bytes = bytes
    }

    package var isImage: Bool { self.mediaType.hasPrefix("image/") }

    /// What vendors take, by the first bytes of a file and not by its name.
    package static func mediaType(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: Array("GIF8".utf8)) { return "image/gif" }
        if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) { return "image/webp" }
        if bytes.starts(with: Array("%PDF-".utf8)) { return "application/pdf" }
        return nil
    }

    /// Bytes that vendors take at the most.
    static func limit(_ mediaType: String) -> Int { mediaType.hasPrefix("image/") ? 5 << 20 : 20 << 20 }

    /// What a model pays for it, roughly: a picture about as much as two pages of text, a document by its size.
    var tokens: Int { self.isImage ? 1_500 : max(1_500, self.bytes / 60) }
}

/// Where the bytes of attachments lie.
struct AttachmentStore: Sendable {
    private let folder: String
    private let files: any FileSystem

    init(_ services: Services) {
        self.folder = services.directory + "/.loomkin/attachments"
        self.files = services.ports.files
    }

    func keep(_ bytes: [UInt8], as attachment: Attachment) throws(FileError) {
        let path = "\(self.folder)/\(attachment.hash)"
        guard !self.files.exists(path) else { return }
        try self.files.write(bytes, to: path, options: WriteOptions(createsParents: true))
    }

    /// The conversation as a model can see it: the newest attachments with their bytes, and a line in place of each that it can't see. They
    /// leave ten at a time, so that the vendor's cache holds in between.
    func filled(_ messages: [Message], for facts: ModelFacts?) -> [Message] {
        let count = messages.reduce(0) { $0 + $1.parts.count { if case .attachment = $0 { true } else { false } } }
        guard count > 0 else { return messages }
        var left = max(0, (count - 10) / 10 * 10)
        return messages.map { message in
            var message = message
            message.parts = message.parts.map { part in
                guard case .attachment(var attachment) = part else { return part }
                left -= 1
                if left >= 0 { return .text("[\(attachment.name) has left this window; read it again if it is needed.]") }
                if attachment.isImage, facts?.vision == false {
                    return .text("[\(attachment.name) is a picture, and this model sees none.]")
                }
                guard let bytes = try? self.files.read("\(self.folder)/\(attachment.hash)") else {
                    return .text("[\(attachment.name) is not there any more.]")
                }
                attachment.data = Hash.base64(bytes)
                return .attachment(attachment)
            }
            return message
        }
    }
}

extension ToolHost {
    /// A file of the project for the model to look at: a picture or a document of a kind that vendors take.
    package func attach(_ path: String) async throws(ToolError) -> Attachment {
        let relative = try self.relative(path)
        try await self.authority.require(Access(.read, relative), wait: self.humanWait)
        let bytes: [UInt8]
        do {
            bytes = try self.services.ports.files.read(self.absolute(relative))
        } catch {
            throw ToolError(error, path: relative)
        }
        guard let type = Attachment.mediaType(of: bytes) else {
            throw ToolError("\(relative) is no picture (PNG, JPEG, GIF, WebP) and no PDF, so it cannot be attached.", code: "unsupported")
        }
        guard bytes.count <= Attachment.limit(type) else {
            throw ToolError(
                "\(relative) has \(bytes.count) bytes; models take \(type) up to \(Attachment.limit(type)). Make it smaller first.",
                code: "too_large")
        }
        let attachment = Attachment(name: relative, mediaType: type, hash: Hash.sha256(bytes), bytes: bytes.count)
        do {
            try AttachmentStore(self.services).keep(bytes, as: attachment)
        } catch {
            throw ToolError("\(relative) could not be kept: \(error)")
        }
        return attachment
    }
}
