/// Who is told what a child does, on the thread that serves all of them.
protocol ChildObserver: AnyObject, Sendable {
    func started(_ pid: Int32)

    /// Instead of everything else.
    func failed(_ error: ProcessError)

    /// False stops reading the output until a `.room` command comes.
    func hasRoom() -> Bool

    func received(_ chunk: OutputChunk)

    /// No more output, but perhaps a process that still runs.
    func outputClosed()

    /// No process of the group is left.
    func ended(_ termination: ProcessTermination, stop: ProcessResult.Stop?, duration: Duration)
}
