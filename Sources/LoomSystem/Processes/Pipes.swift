import CSpawn
import Glibc

struct PipeFailure: Error {
    let code: Int32
}

/// The pipes of a child that is being started, both ends of each.
struct Pipes {
    struct Pair {
        var ours: Int32 = -1
        var childs: Int32 = -1
    }

    var input = Pair()
    var output = Pair()
    var errors = Pair()

    mutating func open(withInput: Bool, separateErrors: Bool) throws(PipeFailure) {
        if withInput {
            let (reading, writing) = try Self.make()
            input = Pair(ours: writing, childs: reading)
        }
        output = try Self.outgoing()
        if separateErrors { errors = try Self.outgoing() }
        for descriptor in [input.ours, output.ours, errors.ours] where descriptor >= 0 {
            guard loom_set_nonblocking(descriptor) == 0 else { throw PipeFailure(code: errno) }
        }
    }

    mutating func closeChildEnds() {
        for descriptor in [input.childs, output.childs, errors.childs] where descriptor >= 0 { close(descriptor) }
        input.childs = -1
        output.childs = -1
        errors.childs = -1
    }

    mutating func closeAll() {
        closeChildEnds()
        for descriptor in [input.ours, output.ours, errors.ours] where descriptor >= 0 { close(descriptor) }
    }

    private static func outgoing() throws(PipeFailure) -> Pair {
        let (reading, writing) = try make()
        return Pair(ours: reading, childs: writing)
    }

    /// Neither end may have a standard number: the child's own would be put over it.
    private static func make() throws(PipeFailure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard loom_pipe(&ends) == 0 else { throw PipeFailure(code: errno) }
        let reading = loom_move_above_standard(ends[0])
        let writing = loom_move_above_standard(ends[1])
        guard reading >= 0, writing >= 0 else {
            let code = errno
            for end in [reading, writing] where end >= 0 { close(end) }
            throw PipeFailure(code: code)
        }
        return (reading, writing)
    }
}
