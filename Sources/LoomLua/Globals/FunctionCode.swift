/// One function of a chunk, as Lua's virtual machine sees it.
struct FunctionCode {
    struct Upvalue {
        /// Whether it is a local of the function around; else it is one of that function's own upvalues.
        let isLocal: Bool
        let index: Int
    }

    let code: [UInt32]
    /// Nil where the constant is no text.
    let constants: [String?]
    let upvalues: [Upvalue]
    let inner: [FunctionCode]
    let lines: [Int]

    /// Instructions of Lua 5.4, by their number in `lopcodes.h`.
    private enum Instruction {
        static let readUpvalueField = 11
        static let readField = 14
        static let assignUpvalueField = 15
        static let jump = 56
    }

    /// - Parameter environment: which upvalue holds the globals; the main function has it first.
    func globals(environment: Int? = 0) -> [GlobalUse] {
        var found: [GlobalUse] = []
        let targets = jumpTargets
        for index in code.indices {
            let word = code[index]
            switch Int(word & 0x7F) {
            case Instruction.readUpvalueField where Int(word >> 16 & 0xFF) == environment:
                guard let name = constant(word >> 24) else { continue }
                found.append(
                    GlobalUse(name: name, line: line(index), isAssigned: false, members: members(after: index, targets)))
            case Instruction.assignUpvalueField where Int(word >> 7 & 0xFF) == environment:
                guard let name = constant(word >> 16 & 0xFF) else { continue }
                found.append(GlobalUse(name: name, line: line(index), isAssigned: true, members: []))
            default: continue
            }
        }
        for function in inner {
            let own = function.upvalues.firstIndex { !$0.isLocal && $0.index == environment }
            found += environment == nil ? [] : function.globals(environment: own)
        }
        return found
    }

    /// The names that the instructions right behind read from the value and from what they read. Where a jump may arrive the
    /// register may hold something else.
    private func members(after start: Int, _ targets: Set<Int>) -> [String] {
        var names: [String] = []
        var register = code[start] >> 7 & 0xFF
        var index = start + 1
        while code.indices.contains(index), !targets.contains(index) {
            let word = code[index]
            guard Int(word & 0x7F) == Instruction.readField, word >> 16 & 0xFF == register, let name = constant(word >> 24) else { break }
            names.append(name)
            register = word >> 7 & 0xFF
            index += 1
        }
        return names
    }

    private var jumpTargets: Set<Int> {
        Set(
            code.indices.compactMap { index in
                let word = code[index]
                guard Int(word & 0x7F) == Instruction.jump else { return nil }
                return index + 1 + Int(word >> 7) - ((1 << 24) - 1)
            })
    }

    private func constant(_ index: UInt32) -> String? {
        constants.indices.contains(Int(index)) ? constants[Int(index)] : nil
    }

    private func line(_ index: Int) -> Int { lines.indices.contains(index) ? lines[index] : 0 }
}
