import Testing

@testable import LoomKernel
