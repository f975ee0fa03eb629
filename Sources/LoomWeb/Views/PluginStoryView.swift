import LoomKernel
import LoomSystem

/// One plugin on its own page: where it stands, its generations, its text.
struct PluginStoryView {
    struct SourceLine {
        let number: Int
        let text: String
    }

    let plugin: PluginView
    let versions: [VersionView]
    let lines: [SourceLine]
    /// The file holds another text than the one that is shown.
    let isOtherInFile: Bool

    init(_ plugin: PluginSummary, _ report: PluginReported?, _ story: PluginStory, now: Timestamp) {
        let view = PluginView(plugin, report)
        self.plugin = view
        self.versions = story.versions.map { VersionView($0, of: view, fileHash: story.fileHash, now: now) }
        var texts = story.source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if texts.last?.isEmpty == true { texts.removeLast() }
        self.lines = texts.enumerated().map { SourceLine(number: $0.offset + 1, text: String($0.element)) }
        self.isOtherInFile = !view.isDeleted && story.fileHash != story.hash
    }
}
