import Testing

@testable import LoomWeb
