"""Which version a Node is, asked without holding up the reactor."""

import os

from twisted.internet import defer, error, protocol

from buildbot_profiler.runtime import VERSION_TIMEOUT_SECONDS, child_environment, major_of

# By path and time of the program: another Node may be installed at the same path.
_majors = {}


def load_major(node, clock):
    """A Deferred of it; 0 where it does not say."""
    try:
        key = (node, os.stat(node).st_mtime_ns)
    except OSError:
        return defer.succeed(0)
    if key in _majors:
        return defer.succeed(_majors[key])
    question = _VersionQuestion(clock)
    clock.spawnProcess(question, node, [node, "--version"], env=child_environment(node), childFDs={1: "r"})

    def keep(major):
        if major > 0:
            _majors[key] = major
        return major

    return question.answer.addCallback(keep)


class _VersionQuestion(protocol.ProcessProtocol):
    def __init__(self, clock):
        self.answer = defer.Deferred()
        self._said = b""
        self._is_late = False
        self._timeout = clock.callLater(VERSION_TIMEOUT_SECONDS, self._kill)

    def outReceived(self, data):
        self._said += data

    def _kill(self):
        self._is_late = True
        try:
            self.transport.signalProcess("KILL")
        except error.ProcessExitedAlready:
            pass

    def processEnded(self, reason):
        if self._timeout.active():
            self._timeout.cancel()
        self.answer.callback(0 if self._is_late else major_of(self._said))
