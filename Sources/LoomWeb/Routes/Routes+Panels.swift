import Hummingbird
import LoomKernel
import LoomSystem

extension Routes {
    /// What plugins draw: fragments for the page, nodes for programs.
    func addPanels(to router: Router<LoopbackContext>, _ group: RouterGroup<LoopbackContext>) {
        router.get("fragments/panels") { _, _ in
            try self.html("panels", ["panels": await self.panels()])
        }
        router.get("fragments/panels/:name") { _, context in
            let panel = try self.panel(try context.segment("name"))
            return try self.html("panel", await self.draw(panel))
        }
        group.get("panels") { _, _ in
            let panels = self.workspace.catalog.panels.map { panel -> JSON in
                [
                    "name": .string(panel.name), "title": .string(panel.title), "generation": .int(Int64(panel.generation)),
                    "refresh_on": .array(panel.refreshOn.map(JSON.string)),
                ]
            }
            return Response.json(["panels": .array(panels)])
        }
        group.get("panels/:name") { _, context in
            let panel = try self.panel(try context.segment("name"))
            let content = try await self.command { () async throws(CommandError) in try await self.workspace.draw(panel: panel.name) }
            return Response.json(["name": .string(panel.name), "title": .string(panel.title), "content": content ?? .null])
        }
    }

    /// How long a screen with panels waits for one.
    private static let patience = Duration.milliseconds(200)

    /// All of them, drawn side by side. A slow one holds up no other and not the screen: the script fetches it by itself.
    func panels() async -> [PanelView] {
        await withTaskGroup(of: PanelView.self) { group in
            for panel in self.workspace.catalog.panels { group.addTask { await self.drawSoon(panel) } }
            var views: [PanelView] = []
            for await view in group { views.append(view) }
            return views.sorted { $0.name < $1.name }
        }
    }

    private func drawSoon(_ panel: any Panel) async -> PanelView {
        await withTaskGroup(of: PanelView.self) { group in
            group.addTask { await self.draw(panel) }
            group.addTask {
                try? await self.clock.sleep(for: Self.patience)
                return PanelView(late: panel)
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? PanelView(late: panel)
        }
    }

    private func draw(_ panel: any Panel) async -> PanelView {
        do throws(CommandError) {
            return PanelView(panel, content: try await self.workspace.draw(panel: panel.name) ?? .null)
        } catch {
            return PanelView(panel, problem: error.description)
        }
    }

    private func panel(_ name: String) throws(Refusal) -> any Panel {
        let panels = self.workspace.catalog.panels
        if let panel = panels.first(where: { $0.name == name }) { return panel }
        let names = panels.map(\.name).joined(separator: ", ")
        throw .notFound("The panel \(name)", hint: names.isEmpty ? "No plugin draws one." : "There are: \(names).")
    }
}
