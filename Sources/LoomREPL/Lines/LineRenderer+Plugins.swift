import LoomKernel

extension LineRenderer {
    private static func more(of plugin: String) -> String { "  (/plugins \(plugin) says more)" }

    /// What plugins say of themselves: quiet, one line each. Nil when the signal is about something else.
    mutating func pluginLines(_ signal: Signal) -> [String]? {
        switch signal.type {
        case PluginFailed.type:
            return signal.payload(PluginFailed.self).map { failed in
                self.failure(failed.plugin, Self.firstLine(failed.text) + Self.more(of: failed.plugin))
            }
        case PluginRolledBack.type:
            // What was done here was answered here.
            guard let back = signal.payload(PluginRolledBack.self), back.by != self.me else { return [] }
            return self.event("plugins", "\(back.plugin) has its text of generation \(back.restored) again, by \(back.by.who)")
        case PluginLogged.type:
            guard let logged = signal.payload(PluginLogged.self) else { return nil }
            switch logged.level {
            case "error":
                let line = Self.firstLine(logged.text)
                return self.failure(logged.plugin, line + (logged.text.contains("\n") ? Self.more(of: logged.plugin) : ""))
            case "warning": return self.event(logged.plugin, Self.firstLine(logged.text))
            default: return []
            }
        default:
            guard SignalTypes.isOfPlugin(signal.type) else { return nil }
            // A service's own name stands before the line already.
            let who = signal.source.who
            let type = signal.type.hasPrefix(who + ".") ? String(signal.type.dropFirst(who.count + 1)) : signal.type
            return self.event(who, "\(type)  \(signal.brief.shown.fitted(to: 160, mark: self.marks.ellipsis))", .dim)
        }
    }
}
