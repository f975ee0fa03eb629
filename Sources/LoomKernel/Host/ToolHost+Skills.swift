import LoomSystem

extension ToolHost {
    /// The largest file of a skill that is read, in bytes.
    private static let skillFileLimit = 256 << 10
    private static let skillFileCount = 200

    package func skill(_ name: String) throws(ToolError) -> Skill {
        let skills = self.services.catalog.skills
        if let skill = skills.first(where: { $0.name == name }) { return skill }
        throw ToolError(absence(of: "skill", name, among: skills.map(\.name)), code: "not_found")
    }

    /// The files that belong to a skill beside its SKILL.md, relative to its folder.
    package func files(of skill: Skill) -> [String] {
        var found: [String] = []
        self.collect(skill.folder, "", &found)
        return found.filter { $0 != "SKILL.md" }.sorted()
    }

    private func collect(_ folder: String, _ prefix: String, _ found: inout [String]) {
        for entry in (try? self.services.ports.files.list(folder)) ?? [] where found.count < Self.skillFileCount {
            switch entry.kind {
            case .directory: self.collect(folder + "/" + entry.name, prefix + entry.name + "/", &found)
            case .file: found.append(prefix + entry.name)
            case .symlink, .other: break
            }
        }
    }

    /// A text that belongs to a skill. It may lie outside of the project, but never outside of the skill's own folder.
    package func read(_ path: String, of skill: Skill) throws(ToolError) -> String {
        do {
            let real = try self.services.ports.files.confine(path, to: try self.services.ports.files.realPath(skill.folder))
            let bytes = try self.services.ports.files.read(real, limit: Self.skillFileLimit)
            guard let text = DecodedText(bytes) else { throw ToolError("\(path) of the skill \(skill.name) is binary, not text.") }
            return text.text
        } catch let error as FileError {
            throw ToolError(error, path: "\(path) of the skill \(skill.name)")
        } catch let error as ToolError {
            throw error
        } catch {
            throw ToolError("\(error)")
        }
    }
}
