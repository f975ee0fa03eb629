package struct ProcessIdentity: Sendable, Hashable, Codable { package func killLeftover() {} }
package protocol ProcessRunner: Sendable {}
package struct ScriptedProcessRunner: ProcessRunner { package init() {} }
