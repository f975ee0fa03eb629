import Testing

@testable import LoomSystem
