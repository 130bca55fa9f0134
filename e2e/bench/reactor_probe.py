# Goes behind a master's configuration: asks the reactor for a call a hundred times a second, and writes when it was due and how late it came.
import os
import time

from twisted.internet import reactor

_PERIOD = 0.01
# Some lines at a time: to write each would be a load of its own.
_LINES = 50
_pending = []
_file = open(os.environ["DELAY_FILE"], "a")


def _look(due):
    now = time.monotonic()
    _pending.append("{:.6f} {:.6f}\n".format(due, now - due))
    if len(_pending) >= _LINES:
        _file.write("".join(_pending))
        _file.flush()
        del _pending[:]
    reactor.callLater(_PERIOD, _look, now + _PERIOD)


reactor.callWhenRunning(_look, time.monotonic())
