import LoomKernel
package import LoomSystem

/// The file with the tokens of those who signed in: the user's own, and nobody else can read it. Never a part of a project.
package struct TokenStore: Sendable {
    struct Fault: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    let path: String
    private let files: any FileSystem

    private static let version: Int64 = 1

    /// - Parameter folder: where loomkin keeps its state, absolute.
    package init(folder: String, files: any FileSystem) {
        path = FilePath.join(folder, "credentials.json")
        self.files = files
    }

    /// By provider; empty without a file.
    func accounts() throws(Fault) -> [String: StoredAccount] {
        guard files.exists(path) else { return [:] }
        let bytes: [UInt8]
        do throws(KeyFile.Fault) {
            bytes = try KeyFile.bytes(path, shown: path, limit: 4 << 20, files: files)
        } catch {
            throw Fault(description: error.description)
        }
        guard let json = try? JSON.parse(bytes), let members = json["accounts"]?.members, json["version"]?.intValue == Int(Self.version)
        else {
            throw Fault(description: "remove \(path) and sign in again: this version of loomkin cannot read it")
        }
        return members.compactMapValues(StoredAccount.init(json:))
    }

    /// Changes one provider's account; nil removes it. The caller holds the lock.
    func set(_ account: StoredAccount?, for provider: String) throws(Fault) {
        var accounts = try accounts()
        accounts[provider] = account
        let json: JSON = ["version": .int(Self.version), "accounts": .object(accounts.mapValues(\.json))]
        do throws(FileError) {
            try makeFolder()
            try files.write(json.bytes(), to: path, options: WriteOptions(isDurable: true, mode: 0o600))
        } catch {
            throw Fault(description: "correct the file: \(error)")
        }
    }

    private func makeFolder() throws(FileError) {
        let folder = FilePath.parent(of: path)
        try files.makeDirectory(folder, withParents: true)
        let status = try files.status(of: folder)
        if status.isOwn, !status.isPrivate { try files.setMode(0o700, of: folder) }
    }

    /// Keeps other processes out until it is let go. Waits up to a minute; less when the task is cancelled.
    func lock(_ clock: any WallClock) async throws(Fault) -> FileLock {
        do throws(FileError) {
            try makeFolder()
            for _ in 0..<1_200 {
                if let lock = try FileLock.take(path + ".lock") { return lock }
                guard (try? await clock.sleep(for: .milliseconds(50))) != nil else { break }
            }
        } catch {
            throw Fault(description: "correct the file: \(error)")
        }
        throw Fault(description: "wait for the other loomkin that holds \(path).lock, or end it")
    }
}
