"""The far end of a worker's connection: a thread that runs commands by inventing the lines of their logs."""

import queue
import random
import threading

from minireactor.thread_name import publish_thread_name

from .phases import BUSY, QUIET

PAUSE_SECONDS = {QUIET: 0.25, BUSY: 0.002}
LINES_AT_ONCE = {QUIET: 2, BUSY: 20}
PAUSE_WHILE_BLOCKED_SECONDS = 0.05

_FILES = ("reactor", "builder", "scheduler", "changes", "status", "steps", "worker", "locks")
_TEXTS = (
    "gcc -O2 -c src/{}.c -o build/{}.o",
    "src/{}.c:{}: warning: unused variable 'cookie'",
    "test_{} ... ok ({} ms)",
    "copying {} to /srv/artifacts/{}",
)
_FAILED_TEST = "test_{} ... FAIL ({} ms)"
# Of all lines, so that a build now and then has one.
_FAILED_SHARE = 0.0001


class PretendWorker(threading.Thread):
    def __init__(self, connection, phase_clock, seed):
        super().__init__(name="worker-link", daemon=True)
        self._connection = connection
        self._clock = phase_clock
        self._random = random.Random(seed)
        self._stop_requests = queue.Queue()

    def stop(self):
        self._stop_requests.put(None)

    def run(self):
        publish_thread_name()
        try:
            for command in self._connection.makefile("r"):
                _run, count = command.split()
                self._stream_log(int(count))
        except OSError:
            pass  # The master closed the connection.

    def _stream_log(self, count):
        while count > 0:
            phase = self._clock.phase()
            lines = min(count, LINES_AT_ONCE.get(phase, 1))
            self._send([self._invent_line() for _ in range(lines)])
            count -= lines
            if self._is_stopped_within(PAUSE_SECONDS.get(phase, PAUSE_WHILE_BLOCKED_SECONDS)):
                return
        self._send(["done"])

    def _is_stopped_within(self, seconds):
        try:
            self._stop_requests.get(timeout=seconds)
        except queue.Empty:
            return False
        return True

    def _invent_line(self):
        text = _FAILED_TEST if self._random.random() < _FAILED_SHARE else self._random.choice(_TEXTS)
        return "log " + text.format(self._random.choice(_FILES), self._random.randrange(1, 500))

    def _send(self, lines):
        self._connection.sendall("".join(line + "\n" for line in lines).encode())
