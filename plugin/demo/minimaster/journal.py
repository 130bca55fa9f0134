"""When the loop was held, by this program's own clock: what a profiler says of it can be held against that."""

import contextlib
import json
import time


class Journal:
    """Lines of JSON in a file: the function that held the loop, and seconds of CLOCK_MONOTONIC before and after."""

    def __init__(self, reactor, path=None):
        self._reactor = reactor
        self._path = path

    @contextlib.contextmanager
    def holding(self, function):
        """Around the call of that function; leaves no frame of its own on the stack meanwhile."""
        start = time.monotonic()
        yield
        end = time.monotonic()
        # By another callback, for this one is being measured.
        self._reactor.call_later(0.0, self._write, function, start, end)

    def _write(self, function, start, end):
        if self._path is not None:
            with open(self._path, "a") as file:
                file.write(json.dumps({"function": function, "start": start, "end": end}) + "\n")
