import Testing

@testable import LoomREPL
