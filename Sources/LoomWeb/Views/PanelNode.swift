import LoomKernel
import LoomSystem

/// One element or text of a panel, checked: only what `PanelMarkup` names can be written down here.
struct PanelNode: Sendable, Equatable {
    struct Attribute: Sendable, Equatable {
        let name: String
        let value: String
    }

    // None of these may be nil: the templates would look for it in the element around this one.
    let isElement: Bool
    let tag: String
    let attributes: [Attribute]
    let children: [PanelNode]
    /// Has no end tag.
    let isVoid: Bool
    let text: String

    init(_ text: String) {
        self.isElement = false
        self.tag = ""
        self.attributes = []
        self.children = []
        self.isVoid = false
        self.text = text
    }

    init(_ tag: String, _ attributes: [Attribute], _ children: [PanelNode]) {
        self.isElement = true
        self.tag = tag
        self.attributes = attributes
        self.children = children
        self.isVoid = PanelMarkup.empty.contains(tag)
        self.text = ""
    }
}

/// Why a panel's content is not shown: one sentence.
struct PanelProblem: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Reads what a panel's `render` gave back. The tags and attributes are compared, never repaired; what is wrong refuses the whole.
struct PanelReader {
    static let maximumDepth = 32
    static let maximumNodes = 2_000
    static let maximumText = 256 << 10

    private var nodes = 0
    private var text = 0

    /// The nodes of a text, a list, or `{ tag, attributes, children }`.
    static func nodes(_ content: JSON) throws(PanelProblem) -> [PanelNode] {
        var reader = PanelReader()
        return try reader.read(content, depth: 0)
    }

    private mutating func read(_ content: JSON, depth: Int) throws(PanelProblem) -> [PanelNode] {
        guard depth <= Self.maximumDepth else {
            throw PanelProblem("It nests deeper than \(Self.maximumDepth) elements: draw something flatter.")
        }
        switch content {
        case .null: return []
        case .string(let text): return [try self.count(PanelNode(text))]
        case .bool, .int, .number: return [try self.count(PanelNode(content.text()))]
        case .array(let list):
            var read: [PanelNode] = []
            for item in list { read += try self.read(item, depth: depth + 1) }
            return read
        case .object(let members):
            // An empty table of Lua is a list of nothing.
            if members.isEmpty { return [] }
            return [try self.element(members, depth: depth)]
        }
    }

    private mutating func element(_ members: [String: JSON], depth: Int) throws(PanelProblem) -> PanelNode {
        guard let tag = members["tag"]?.stringValue else {
            throw PanelProblem("It holds a table that is no element: make elements with loom.html, such as loom.html.p(\"text\").")
        }
        guard PanelMarkup.tags.contains(tag) else {
            throw PanelProblem("It uses the element «\(tag)»; a panel may use \(PanelMarkup.tags.joined(separator: ", ")).")
        }
        var attributes: [PanelNode.Attribute] = []
        for (name, value) in (members["attributes"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            attributes.append(try self.attribute(name, value, of: tag))
        }
        let children = try self.read(members["children"] ?? .null, depth: depth + 1)
        guard children.isEmpty || !PanelMarkup.empty.contains(tag) else { throw PanelProblem("Its «\(tag)» holds something, and cannot.") }
        return try self.count(PanelNode(tag, attributes, children))
    }

    private mutating func attribute(_ name: String, _ value: JSON, of tag: String) throws(PanelProblem) -> PanelNode.Attribute {
        guard PanelMarkup.attributes.contains(name) else {
            let known = PanelMarkup.attributes.sorted().joined(separator: ", ")
            throw PanelProblem("Its «\(tag)» has the attribute «\(name)»; a panel may use \(known).")
        }
        let text: String
        switch value {
        case .string(let string): text = string
        case .int, .number: text = value.text()
        case .null, .bool, .array, .object:
            throw PanelProblem("The attribute «\(name)» of its «\(tag)» is a \(value.kind); write a text or a number.")
        }
        guard name != "href" || PathSegment.local(text) == text else {
            throw PanelProblem("Its link leads to «\(text)»; a panel's links begin with / and stay on this page.")
        }
        self.text += text.utf8.count
        return PanelNode.Attribute(name: name, value: text)
    }

    private mutating func count(_ node: PanelNode) throws(PanelProblem) -> PanelNode {
        self.nodes += 1
        self.text += node.text.utf8.count
        guard self.nodes <= Self.maximumNodes else {
            throw PanelProblem("It has more than \(Self.maximumNodes) elements and texts: show less, or a sum of it.")
        }
        guard self.text <= Self.maximumText else {
            throw PanelProblem("Its texts are longer than \(Self.maximumText >> 10) kB: show less, or a sum of it.")
        }
        return node
    }
}
