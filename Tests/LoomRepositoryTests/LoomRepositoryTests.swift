import Testing

@testable import LoomRepository
