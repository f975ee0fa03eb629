/// The names of the commands that loomkin has itself. No plugin's command may take one: it could never be reached.
package enum BuiltInCommands {
    package static let names: Set<String> = [
        "agents", "context", "cost", "exit", "help", "model", "page", "pause", "permissions", "plugins", "q", "quit", "reload", "remove",
        "resume", "rollback", "show", "spawn", "stop", "tasks",
    ]
}
