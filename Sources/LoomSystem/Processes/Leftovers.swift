import Glibc

/// Processes that a run of ours left behind when it died.
package enum Leftovers {
    /// Kills the process groups that were started with this setting in their environment. A mark that the child carries itself
    /// cannot be lost in a crash between its start and a note of its number.
    package static func kill(setting name: String, _ value: String) {
        let ours = getpgrp()
        for group in ProcessTable.groups(withSetting: name, value) where group > 1 && group != ours { Glibc.kill(-group, SIGKILL) }
    }
}
