/// What is allowed where no rule speaks.
package enum TrustPreset: String, Sendable, Hashable, Codable, CaseIterable {
    /// Reads are allowed; anything that changes, runs or sends is asked for.
    case ask
    /// Reads are allowed; anything that changes, runs or sends is refused.
    case readOnly = "read-only"
    /// Files of the project may be changed, agents started and steered, models asked; commands and the network are asked for.
    case edit
    /// Everything is allowed.
    case full

    package func verdict(_ kind: Access.Kind) -> Verdict {
        switch (self, kind) {
        case (_, .read), (_, .message), (.full, _): .allow
        case (.edit, .write), (.edit, .spawn), (.edit, .control), (.edit, .model): .allow
        case (.readOnly, .spawn), (.readOnly, .control), (.readOnly, .model): .ask
        case (.readOnly, _): .deny
        case (.ask, _), (.edit, _): .ask
        }
    }

    func rule(_ kind: Access.Kind) -> PermissionRule {
        PermissionRule(self.verdict(kind), kind.rawValue, origin: "preset \(self.rawValue)")
    }
}
