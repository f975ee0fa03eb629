import Testing

@testable import LoomPlugins
