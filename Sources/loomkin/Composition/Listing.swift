import ArgumentParser
import LoomREPL
import LoomSystem

/// How a command that lists something prints it.
struct ListingOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON instead of a table.")
    var json = false

    /// Prints rows under their headings, or the values as one JSON array.
    func show(_ values: [some Encodable], headings: [String], empty: String, rows: () -> [[String]]) throws {
        if self.json {
            give(try JSON(encoding: values).text(pretty: true))
            return
        }
        let rows = rows()
        guard !rows.isEmpty else { return say(empty) }
        say(Self.table([headings] + rows.map { $0.map(\.shown) }))
    }

    private static func table(_ rows: [[String]]) -> String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].columns : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell.padded(to: widths[column])
            }
            return cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
