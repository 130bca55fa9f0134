"""How the sampler's process is kept running."""

import json
import os

import buildbot
from twisted.internet import defer, error, reactor, task
from twisted.python.failure import Failure
from twisted.trial import unittest

from buildbot_profiler import sampler as module
from buildbot_profiler.runtime import NoRuntime


class PlayedTransport:
    """Of a child process, as far as it is used."""

    pid = 4711

    def __init__(self):
        self.written = []
        self.is_stdin_closed = False
        self.signals = []
        self.pipes = {0: self}

    def registerProducer(self, producer, streaming):
        self.producer = producer

    def unregisterProducer(self):
        self.producer = None

    def write(self, data):
        self.written.append(json.loads(data.decode("utf-8")))

    def closeStdin(self):
        # As the pipe of Twisted, which waits for its producer.
        assert self.producer is None
        self.is_stdin_closed = True

    def signalProcess(self, name):
        self.signals.append(name)


class PlayedReactor(task.Clock):
    def __init__(self):
        super().__init__()
        self.children = []
        self.at_shutdown = []

    def addSystemEventTrigger(self, phase, event, function):
        self.at_shutdown.append(function)

    def spawnProcess(self, process, program, arguments, env, childFDs):
        self.arguments = arguments
        self.environment = env
        process.transport = PlayedTransport()
        process.connectionMade()
        self.children.append(process)


class SamplerTests(unittest.TestCase):
    def setUp(self):
        self.patch(module, "choose_node", lambda configured: (configured or "/usr/bin/node", False))
        self.patch(module, "permit_reading_by", self.permit)
        self.permitted = []
        self.reactor = PlayedReactor()
        self.sampler = module.Sampler("/srv/master", self.reactor)

    def permit(self, pid):
        self.permitted.append(pid)

    @property
    def child(self):
        return self.reactor.children[-1]

    def end_child(self, reason=None):
        self.child.processEnded(Failure(reason or error.ProcessTerminated(signal=9)))

    def test_is_started_once_however_many_use_it_and_may_read_its_parent(self):
        self.sampler.attach("web")
        self.sampler.attach("service")
        self.sampler.attach("web")
        self.assertEqual(len(self.reactor.children), 1)
        self.assertEqual(self.permitted, [4711])
        self.assertIn("attend", self.reactor.arguments)
        self.assertEqual([name for name in self.reactor.environment if name.startswith("NODE_")], [])

    def test_is_started_again_after_a_time_that_doubles_while_it_dies_young(self):
        self.sampler.attach("web")
        for wait in (1, 2, 4, 8, 16, 32, 60, 60):
            count = len(self.reactor.children)
            self.end_child()
            self.reactor.advance(wait - 0.1)
            self.assertEqual(len(self.reactor.children), count)
            self.reactor.advance(0.1)
            self.assertEqual(len(self.reactor.children), count + 1)

    def test_is_started_again_soon_after_a_long_life(self):
        self.sampler.attach("web")
        for _ in range(4):
            self.end_child()
            self.reactor.advance(60)
        self.reactor.advance(61)
        self.end_child()
        self.reactor.advance(1)
        self.assertEqual(len(self.reactor.children), 6)

    def test_does_not_wait_longer_for_having_been_told_to_change(self):
        self.sampler.attach("service", "/opt/node")
        for number in range(4):
            self.sampler.attach("service", "/opt/other{}".format(number))
            self.end_child(error.ProcessDone(0))
            self.reactor.advance(0)
        self.assertEqual(len(self.reactor.children), 5)
        self.end_child()
        self.reactor.advance(1)
        self.assertEqual(len(self.reactor.children), 6)

    def test_is_told_the_version_of_buildbot(self):
        self.sampler.attach("web")
        position = self.reactor.arguments.index("--buildbot-version")
        self.assertEqual(self.reactor.arguments[position + 1], buildbot.version)

    def test_tells_each_new_child_what_the_one_before_knew(self):
        self.sampler.on_start.append(lambda: self.sampler.send({"kind": "keep-builds", "count": 3}))
        self.sampler.attach("service")
        self.sampler.set_service({"mode": "real"})
        self.end_child()
        self.reactor.advance(1)
        self.assertEqual(
            self.child.transport.written,
            [{"kind": "service", "settings": {"mode": "real"}}, {"kind": "keep-builds", "count": 3}],
        )

    def test_knows_no_socket_between_two_children(self):
        self.sampler.attach("web")
        self.assertIsNone(self.sampler.socket)
        self.child.outReceived(b'{"kind":"listening","socket":"/srv/master/.bbprofiler/s')
        self.assertIsNone(self.sampler.socket)
        self.child.outReceived(b'ampler.sock"}\nnonsense\n[1]\n')
        self.assertEqual(self.sampler.socket, "/srv/master/.bbprofiler/sampler.sock")
        self.end_child()
        self.assertIsNone(self.sampler.socket)

    def test_is_let_go_by_its_last_user_and_then_waited_for(self):
        self.sampler.attach("web")
        self.sampler.attach("service")
        self.sampler.detach("service")
        self.assertFalse(self.child.transport.is_stdin_closed)
        ended = self.sampler.detach("web")
        self.assertTrue(self.child.transport.is_stdin_closed)
        self.assertNoResult(ended)
        self.end_child(error.ProcessDone(0))
        self.successResultOf(ended)
        self.reactor.advance(100)
        self.assertEqual(len(self.reactor.children), 1)

    def test_is_killed_if_it_does_not_end(self):
        self.sampler.attach("web")
        ended = self.reactor.at_shutdown[0]()
        again = self.sampler.detach("web")
        self.reactor.advance(14.9)
        self.assertEqual(self.child.transport.signals, [])
        self.reactor.advance(0.1)
        self.assertEqual(self.child.transport.signals, ["KILL"])
        self.end_child()
        self.successResultOf(ended)
        self.successResultOf(again)

    def test_changes_to_another_node_without_waiting(self):
        self.sampler.attach("service", "/opt/node")
        self.sampler.attach("service", "/opt/other")
        self.assertTrue(self.child.transport.is_stdin_closed)
        self.end_child(error.ProcessDone(0))
        self.reactor.advance(0)
        self.assertEqual(self.reactor.arguments[0], "/opt/other")

    def test_is_told_no_builds_while_it_takes_nothing_but_settings_always(self):
        self.sampler.attach("service")
        self.child.transport.producer.pauseProducing()
        self.sampler.send({"kind": "builds", "events": []})
        self.sampler.set_service({"mode": "prof"})
        self.child.transport.producer.resumeProducing()
        self.sampler.send({"kind": "builds", "events": []})
        self.assertEqual([message["kind"] for message in self.child.transport.written], ["service", "builds"])

    def test_is_told_again_what_it_was_not_told_while_it_took_nothing(self):
        told = []
        self.sampler.on_start.append(lambda: told.append("all"))
        self.sampler.attach("service")
        self.child.transport.producer.pauseProducing()
        self.child.transport.producer.resumeProducing()
        self.assertEqual(told, ["all"])
        self.child.transport.producer.pauseProducing()
        self.sampler.send({"kind": "builds", "events": []})
        self.child.transport.producer.resumeProducing()
        self.assertEqual(told, ["all", "all"])

    def test_is_told_all_the_builds_even_if_the_first_of_them_fill_its_pipe(self):
        self.sampler.attach("service")
        transport = self.child.transport
        write = transport.write

        def fill(data):
            write(data)
            transport.producer.pauseProducing()

        transport.write = fill
        self.sampler.send({"kind": "builds", "events": [1]}, {"kind": "builds", "events": [2]})
        self.assertEqual([message["events"] for message in transport.written], [[1], [2]])

    def test_says_what_is_missing_where_it_cannot_run(self):
        def find_none(_configured):
            raise NoRuntime("there is no Node")

        self.patch(module, "choose_node", find_none)
        self.sampler.attach("web")
        self.assertEqual(self.reactor.children, [])
        self.assertIn("there is no Node", self.sampler.problem)

    def find_on_path(self):
        self.patch(module, "choose_node", lambda configured: (configured or "/usr/bin/node", configured is None))
        self.major = defer.Deferred()
        self.patch(module, "load_major", lambda _node, _clock: self.major)

    def test_waits_for_the_version_of_a_node_without_holding_up_the_master(self):
        self.find_on_path()
        self.sampler.attach("web")
        self.sampler.attach("service")
        self.assertEqual(self.reactor.children, [])
        self.assertIsNone(self.sampler.problem)
        self.major.callback(24)
        self.assertEqual(len(self.reactor.children), 1)

    def test_refuses_a_node_that_is_too_old(self):
        self.find_on_path()
        self.sampler.attach("web")
        self.major.callback(18)
        self.assertEqual(self.reactor.children, [])
        self.assertIn("/usr/bin/node is version 18", self.sampler.problem)

    def test_starts_nothing_that_nobody_wants_any_more_or_wants_with_another_node(self):
        self.find_on_path()
        self.sampler.attach("web")
        self.sampler.attach("service", "/opt/node")
        self.assertEqual([self.reactor.arguments[0], len(self.reactor.children)], ["/opt/node", 1])
        self.major.callback(24)
        self.assertEqual(len(self.reactor.children), 1)
        other = module.Sampler("/srv/other", self.reactor)
        self.major = defer.Deferred()
        other.attach("web")
        self.successResultOf(other.detach("web"))
        self.major.callback(24)
        self.assertEqual(len(self.reactor.children), 1)

    def test_nothing_that_goes_wrong_reaches_the_master_that_starts_it(self):
        def fail(*_arguments, **_options):
            raise TypeError("unforeseen")

        self.patch(module, "choose_node", fail)
        self.sampler.attach("web")
        self.assertIn("unforeseen", self.sampler.problem)
        self.patch(module, "choose_node", lambda _configured: ("/usr/bin/node", False))
        self.patch(self.reactor, "spawnProcess", fail)
        self.sampler.attach("web")
        self.assertIn("unforeseen", self.sampler.problem)
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 2)
        del self.reactor.spawnProcess
        self.patch(module, "permit_reading_by", fail)
        self.sampler.attach("web")
        self.assertEqual(len(self.flushLoggedErrors(TypeError)), 1)
        self.assertEqual(len(self.reactor.children), 1)


class NodeVersionTests(unittest.TestCase):
    def write_node(self, script):
        path = os.path.abspath(self.mktemp())
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + script)
        os.chmod(path, 0o700)
        return path

    @defer.inlineCallbacks
    def test_asks_a_node_once_for_as_long_as_it_is_the_same_program(self):
        asked = os.path.abspath(self.mktemp())
        node = self.write_node("echo x >> {}; echo v25.1.0".format(asked))
        for _ in range(2):
            major = yield module.load_major(node, reactor)
            self.assertEqual(major, 25)
        os.utime(node, (1, 1))
        yield module.load_major(node, reactor)
        with open(asked) as file:
            self.assertEqual(file.read().count("x"), 2)

    @defer.inlineCallbacks
    def test_knows_none_of_what_is_no_node(self):
        for node in (self.write_node("echo hello"), self.write_node("exit 1"), "/nowhere/node"):
            major = yield module.load_major(node, reactor)
            self.assertEqual(major, 0)

    @defer.inlineCallbacks
    def test_waits_for_an_answer_no_longer_than_its_limit(self):
        clock = task.Clock()
        clock.spawnProcess = reactor.spawnProcess
        answer = module.load_major(self.write_node("echo v25; exec sleep 600"), clock)
        self.assertNoResult(answer)
        clock.advance(10)
        major = yield answer
        self.assertEqual(major, 0)
