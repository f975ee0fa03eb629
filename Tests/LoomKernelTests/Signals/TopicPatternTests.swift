import Testing

@testable import LoomKernel

@Test(
    "A topic pattern",
    arguments: [
        ("**", "team/core/agent/ada/tool.started", true),
        ("team/core/**", "team/core/agent/ada/tool.started", true),
        ("team/core/**", "team/other/agent/ada/tool.started", false),
        ("team/*/agent/*/tool.started", "team/core/agent/ada/tool.started", true),
        ("team/*/tool.started", "team/core/agent/ada/tool.started", false),
        ("**/tool.started", "tool.started", true),
        ("**/tool.started", "team/core/agent/ada/tool.started", true),
        ("**/agent/**/tool.started", "team/core/agent/ada/x/tool.started", true),
        ("**/a/b", "a/a/b", true),
        ("**/a/b/**", "x/a/c/a/b", true),
        ("kernel/*", "kernel", false),
        ("", "", true),
        ("*", "", true),
    ])
func topicPattern(pattern: String, topic: String, matches: Bool) {
    #expect(TopicPattern(pattern).matches(topic) == matches)
}
