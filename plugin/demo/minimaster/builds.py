"""Builders and their builds: one step after the other, each as long as the worker sends lines for it."""

import collections
import itertools

from minireactor.deferred import Deferred, inline_callbacks

from .log_parser import LogParser

Step = collections.namedtuple("Step", "name lines")

BUILDERS = {
    "linux-gcc": (Step("git", 20), Step("configure", 60), Step("compile", 900), Step("test", 1400)),
    "docs": (Step("git", 20), Step("render", 300)),
    "nightly-full": (Step("git", 20), Step("compile", 1200), Step("test", 2400), Step("upload", 200)),
}
LINES_PER_CHUNK = 50
KEPT_BUILDS = 300
WORKER = "local-worker"

Build = collections.namedtuple("Build", "number builder result warnings properties")


class BuildRunner:
    """Takes the builders in turn and keeps one build running."""

    def __init__(self, reactor, database, news):
        self._reactor = reactor
        self._database = database
        self._news = news
        self._send_command = None
        self._numbers = itertools.count(1)
        self._step_ids = itertools.count(1)
        self._parser = LogParser()
        self._chunk = []
        self._step_done = None
        self._current = ("", "")
        self.history = collections.deque(maxlen=KEPT_BUILDS)

    def start(self, send_command):
        self._send_command = send_command
        self.run_builders()

    @inline_callbacks
    def run_builders(self):
        for builder in itertools.cycle(BUILDERS):
            yield self.run_build(builder)

    @inline_callbacks
    def run_build(self, builder):
        number = next(self._numbers)
        self._parser = LogParser()
        end = self._news.begin("build", id=number, number=number, builder=builder, worker=WORKER)
        for step in BUILDERS[builder]:
            yield self.run_step(number, step)
        end("failure" if self._parser.failures else "success")
        yield self.finish_build(number, builder)

    @inline_callbacks
    def run_step(self, number, step):
        self._current = (number, step.name)
        end = self._news.begin("step", id=next(self._step_ids), buildId=number, name=step.name)
        failures = self._parser.failures
        self._step_done = Deferred()
        self._send_command("run {}".format(step.lines))
        yield self._step_done
        yield self.flush_log_chunk()
        end("failure" if self._parser.failures > failures else "success")

    @inline_callbacks
    def finish_build(self, number, builder):
        result = 2 if self._parser.failures else 0
        properties = {"branch": "main", "revision": "{:040x}".format(number), "warnings": self._parser.warnings}
        self.history.append(Build(number, builder, result, self._parser.warnings, properties))
        yield self._database.insert_build(number, builder, result)

    def worker_line_received(self, line):
        if line == "done":
            self._step_done.callback(None)
        else:
            self.add_log_line(line[len("log ") :])

    def add_log_line(self, text):
        self._parser.parse_line(text)
        self._chunk.append(text)
        if len(self._chunk) >= LINES_PER_CHUNK:
            self.flush_log_chunk()

    def flush_log_chunk(self):
        number, step = self._current
        chunk, self._chunk = self._chunk, []
        return self._database.insert_log_chunk(number, step, "\n".join(chunk))
