import Testing

@testable import LoomLua
