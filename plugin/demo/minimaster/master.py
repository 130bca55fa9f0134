"""Joins reactor, worker, database and thread pool, and gives each phase its work."""

import random
import socket

from minireactor.line_transport import LineTransport
from minireactor.thread_pool import ThreadPool

from .artifacts import compare_manifests, compress_old_log, hash_artifact
from .builds import BUILDERS, Build, BuildRunner
from .database import Database
from .log_parser import parse_huge_log
from .phases import BLOCKED, BUSY, PhaseClock
from .stalls import PARSE_SECONDS, SEARCH_SECONDS, call_webhook_and_wait, find_previous_build
from .status_page import render_waterfall, serialize_status
from .worker import PretendWorker

POLL_SECONDS = 0.1
# Between two visitors of the status page, while there are many and else.
VISITOR_SECONDS = {BUSY: 0.0015}
RARE_VISITOR_SECONDS = 0.25
HOUSEKEEPING_SECONDS = 0.2
HUGE_LOG_LINES = 4000
OLD_BUILDS = 200


class Master:
    def __init__(self, reactor, seed, news, journal):
        self._reactor = reactor
        self._journal = journal
        self._random = random.Random(seed)
        self._clock = PhaseClock()
        self._database = Database(reactor)
        self._pool = ThreadPool(reactor, ["pool-0", "pool-1"])
        self._runner = BuildRunner(reactor, self._database, news)
        near, self._far = socket.socketpair()
        self._worker = PretendWorker(self._far, self._clock, seed)
        self._transport = LineTransport(reactor, near, self._runner.worker_line_received)
        self._huge_log = self._invent_huge_log()
        self._old_builds = self._invent_old_builds()
        self._last_phase = None

    def start(self):
        self._database.start()
        self._pool.start()
        self._worker.start()
        self._runner.start(self._transport.send_line)
        self.poll_changes()
        self.serve_visitor()
        self.do_housekeeping()

    def stop(self):
        self._worker.stop()
        self._far.close()
        self._pool.stop()
        self._database.stop()

    def poll_changes(self):
        """Sees a phase begin; a blocked one has its three stalls, each in a callback of its own."""
        phase = self._clock.phase()
        if phase == BLOCKED and self._last_phase != BLOCKED:
            self._reactor.call_later(0.0, self.process_finished_log)
            self._reactor.call_later(0.3, self.compare_with_previous_build)
            self._reactor.call_later(0.6, self.notify_webhook)
        self._last_phase = phase
        self._reactor.call_later(POLL_SECONDS, self.poll_changes)

    def process_finished_log(self):
        with self._journal.holding("parse_huge_log"):
            parse_huge_log(self._huge_log, PARSE_SECONDS)

    def compare_with_previous_build(self):
        with self._journal.holding("find_previous_build"):
            find_previous_build(self._old_builds, "docs", SEARCH_SECONDS)

    def notify_webhook(self):
        with self._journal.holding("call_webhook_and_wait"):
            call_webhook_and_wait()

    def serve_visitor(self):
        phase = self._clock.phase()
        if phase == BUSY:
            builds = self._old_builds + list(self._runner.history)
            render_waterfall(builds)
            if self._random.random() < 0.5:
                serialize_status(builds)
        self._reactor.call_later(VISITOR_SECONDS.get(phase, RARE_VISITOR_SECONDS), self.serve_visitor)

    def do_housekeeping(self):
        if self._clock.phase() == BUSY:
            data = self._huge_log.encode()
            self._pool.defer_to_thread(self._random.choice((compress_old_log, hash_artifact)), data)
            self._pool.defer_to_thread(compare_manifests, 20_000)
        self._database.count_results()
        self._reactor.call_later(HOUSEKEEPING_SECONDS, self.do_housekeeping)

    def _invent_huge_log(self):
        names = ("src/{}.c:12: warning: unused", "test_{} ... ok (17 ms)", "\x1b[32mgcc -c {}.c\x1b[0m")
        return "\n".join(self._random.choice(names).format(number) for number in range(HUGE_LOG_LINES))

    def _invent_old_builds(self):
        builders = list(BUILDERS)
        return [
            Build(-number, self._random.choice(builders), 0, 0, {"branch": "main", "revision": "", "warnings": 0})
            for number in range(OLD_BUILDS, 0, -1)
        ]
