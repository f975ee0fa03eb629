package struct ProcessIdentity: Sendable, Hashable, Codable { package func killLeftover() {} }
package protocol ProcessRunner: Sendable {}
