"""What the pretend master is busy with at a given moment: the same every 15 seconds."""

import time

QUIET = "quiet"
BUSY = "busy"
BLOCKED = "blocked"

_SECONDS = ((QUIET, 5.0), (BUSY, 5.5), (BLOCKED, 4.5))
_CYCLE_SECONDS = sum(seconds for _, seconds in _SECONDS)


class PhaseClock:
    def __init__(self):
        self._start = time.monotonic()

    def phase(self):
        left = (time.monotonic() - self._start) % _CYCLE_SECONDS
        for phase, seconds in _SECONDS:
            if left < seconds:
                return phase
            left -= seconds
        return QUIET
