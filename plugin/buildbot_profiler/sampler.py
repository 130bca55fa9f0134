"""The sampler of a master: a child process of its own, started once for plugin and service together, and started again if it dies."""

import json
import os
import weakref

import buildbot
from twisted.internet import defer, error, protocol, reactor
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python import log

from buildbot_profiler.node_version import load_major
from buildbot_profiler.permission import permit_reading_by
from buildbot_profiler.runtime import NoRuntime, child_environment, choose_node, find_backend, refuse_old

FIRST_BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0
# One that lived so long did not die of how it was started.
GOOD_LIFE_SECONDS = 60.0
# The sampler itself gives up after 10 seconds.
STOP_TIMEOUT_SECONDS = 15.0

_samplers = weakref.WeakKeyDictionary()


def sampler_of(master):
    """The one sampler of a master."""
    sampler = _samplers.get(master)
    if sampler is None:
        sampler = _samplers[master] = Sampler(master.basedir)
    return sampler


class Sampler:
    """Keeps one child process running for as long as somebody uses it."""

    def __init__(self, basedir, clock=reactor):
        self.basedir = os.path.abspath(basedir)
        # Of the running child, once it listens; None while nobody could be asked.
        self.socket = None
        # Called whenever a child has been started, or has not taken all: to tell it what is known.
        self.on_start = []
        self._clock = clock
        self._users = set()
        self._node = None
        self._process = None
        self._backoff = FIRST_BACKOFF_SECONDS
        self._restart = None
        # The attempt to start one that is being made; another takes its place.
        self._attempt = None
        self._problem = None
        self._service = None
        self._ended = None
        clock.addSystemEventTrigger("before", "shutdown", self._end)

    @property
    def problem(self):
        """Why there is no sampler, in words; None while there is one or one is coming."""
        return self._problem

    def attach(self, user, node=None):
        """Says that `user`, a name, needs the sampler. May be said again."""
        self._users.add(user)
        if node is not None and node != self._node:
            self._node = node
            self._attempt = None
            if self._process is not None:
                self._process.close()
        if self._process is None and self._restart is None and self._attempt is None:
            self._start()

    def detach(self, user):
        """Says that `user` does not need it any more; the last one's Deferred fires when the child has ended."""
        self._users.discard(user)
        return defer.succeed(None) if self._users else self._end()

    def is_used_only_by(self, user):
        return self._users == {user}

    def set_service(self, settings):
        """How the master's service wants to be recorded; None if there is none."""
        self._service = settings
        self.send(self._service_message())

    def send(self, *messages):
        """Tells the child, if there is one, all of them or none; whatever starts later is told by `on_start`."""
        if self._process is not None:
            self._process.send(*messages)

    def _service_message(self):
        return {"kind": "service"} if self._service is None else {"kind": "service", "settings": self._service}

    def _start(self):
        """Whatever goes wrong is a problem of the profiler, never of the master that starts it."""
        self._restart = None
        self._attempt = attempt = object()
        starting = defer.maybeDeferred(self._find_node)
        starting.addCallback(lambda node: self._spawn(node) if self._attempt is attempt else None)
        starting.addErrback(lambda failure: self._take_failure(failure) if self._attempt is attempt else None)
        starting.addCallback(lambda _nothing: self._finish(attempt))

    def _finish(self, attempt):
        if self._attempt is attempt:
            self._attempt = None

    def _find_node(self):
        node, is_of_path = choose_node(self._node)
        if not is_of_path:
            return node
        return load_major(node, self._clock).addCallback(lambda major: refuse_old(node, major) or node)

    def _take_failure(self, failure):
        if self._process is not None and self._process.transport is None:
            self._process = None
        self._problem = "the profiler's sampler cannot be started: {}".format(failure.getErrorMessage())
        if failure.check(NoRuntime, OSError):
            log.msg("profiler: {}".format(self._problem))
        else:
            log.err(failure, "profiler: the sampler cannot be started")

    def _spawn(self, node):
        self._problem = None
        self._process = SamplerProcess(self, self._clock.seconds())
        arguments = [node, find_backend(), "attend", "--basedir", self.basedir, "--pid", str(os.getpid())]
        arguments += ["--buildbot-version", buildbot.version]
        self._clock.spawnProcess(
            self._process, node, arguments, env=child_environment(node), childFDs={0: "w", 1: "r", 2: "r"}
        )
        permit_reading_by(self._process.transport.pid)
        if self._service is not None:
            self._process.send(self._service_message())
        self.tell_again()

    def _end(self):
        self._users.clear()
        self._attempt = None
        if self._restart is not None:
            self._restart.cancel()
            self._restart = None
        if self._process is None:
            return defer.succeed(None)
        if self._ended is None:
            self._ended = defer.Deferred()
            self._process.close()
        waiting = defer.Deferred()
        self._ended.addCallback(lambda result: waiting.callback(None) or result)
        return waiting

    def tell_again(self):
        for tell in self.on_start:
            tell()

    # What the child's process tells.

    def take_news(self, news):
        kind = news.get("kind")
        if kind == "listening":
            self.socket = news.get("socket")
            self._problem = None
            log.msg("profiler: the sampler listens at {}".format(self.socket))
        elif kind == "target":
            log.msg("profiler: the sampler can read this master (Python {})".format(news.get("pythonVersion")))
        elif kind == "obstacle":
            log.msg("profiler: the sampler cannot read this master. {}".format(news.get("message")))
            for remedy in news.get("remedies", []):
                log.msg("profiler:   {}".format(remedy))
        elif kind == "recording":
            log.msg("profiler: recording {} into {}".format(news.get("id"), news.get("folder")))
        elif kind == "problem":
            log.msg("profiler: {}".format(news.get("problem", {}).get("message")))

    def process_ended(self, process, reason):
        if process is not self._process:
            return
        self._process = None
        self.socket = None
        if self._ended is not None:
            ended, self._ended = self._ended, None
            ended.callback(None)
        if not self._users:
            return
        if process.is_closed:
            # It was told to end, for another to take its place: no reason to wait, now or later.
            self._backoff = FIRST_BACKOFF_SECONDS
            self._restart = self._clock.callLater(0, self._start)
            return
        if self._clock.seconds() - process.started_at > GOOD_LIFE_SECONDS:
            self._backoff = FIRST_BACKOFF_SECONDS
        log.msg(
            "profiler: the sampler has ended ({}); it is started again in {:g} seconds".format(
                reason.getErrorMessage(), self._backoff
            )
        )
        self._restart = self._clock.callLater(self._backoff, self._start)
        self._backoff = min(self._backoff * 2, LONGEST_BACKOFF_SECONDS)


class SamplerProcess(protocol.ProcessProtocol):
    """One life of the child: lines in and out."""

    def __init__(self, sampler, started_at):
        self.started_at = started_at
        # Whether it was asked to end.
        self.is_closed = False
        self._sampler = sampler
        self._is_full = False
        # Whether something was left untold while it was full.
        self._has_dropped = False
        self._kill = None
        self._out = _Lines(self._take_line)
        self._err = _Lines(lambda line: log.msg("profiler: {}".format(line.decode("utf-8", "replace"))))

    def connectionMade(self):
        # Whoever does not take what it is told must not fill the memory of the master.
        self.transport.pipes[0].registerProducer(self, True)

    def pauseProducing(self):
        self._is_full = True

    def resumeProducing(self):
        self._is_full = False
        if self._has_dropped and not self.is_closed:
            self._has_dropped = False
            self._sampler.tell_again()

    def stopProducing(self):
        self._is_full = True

    def send(self, *messages):
        """All or none of the builds: those that fill the pipe themselves are not cut off by that."""
        if self.is_closed:
            return
        is_full = self._is_full
        for message in messages:
            if is_full and message.get("kind") == "builds":
                self._has_dropped = True
            else:
                self.transport.write(json.dumps(message).encode("utf-8") + b"\n")

    def close(self):
        """Lets the child end its recordings; one that does not end is killed."""
        if self.is_closed:
            return
        self.is_closed = True
        # A pipe with a producer that is held up does not close.
        pipe = self.transport.pipes.get(0)
        if pipe is not None:
            pipe.unregisterProducer()
        self.transport.closeStdin()
        self._kill = self._sampler._clock.callLater(STOP_TIMEOUT_SECONDS, self._kill_now)

    def _kill_now(self):
        self._kill = None
        try:
            self.transport.signalProcess("KILL")
        except error.ProcessExitedAlready:
            pass

    def outReceived(self, data):
        self._out.dataReceived(data)

    def errReceived(self, data):
        self._err.dataReceived(data)

    def processEnded(self, reason):
        if self._kill is not None:
            self._kill.cancel()
            self._kill = None
        self._sampler.process_ended(self, reason)

    def _take_line(self, line):
        try:
            news = json.loads(line.decode("utf-8"))
        except ValueError:
            log.msg("profiler: {}".format(line.decode("utf-8", "replace")))
            return
        if isinstance(news, dict):
            self._sampler.take_news(news)


class _Lines(LineOnlyReceiver):
    """Cuts what a pipe brings into lines."""

    delimiter = b"\n"
    MAX_LENGTH = 1024 * 1024

    def __init__(self, take):
        self.lineReceived = take
        self.transport = self

    # What LineOnlyReceiver asks of a transport; a line too long is passed over.
    disconnecting = False

    def loseConnection(self):
        self._buffer = b""

    def lineLengthExceeded(self, line):
        self._buffer = b""
