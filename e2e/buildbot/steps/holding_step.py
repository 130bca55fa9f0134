"""A step as nobody should write it: its code blocks the reactor. It notes when, by its own clock, in the file that $HOLDING_JOURNAL names."""

import json
import os
import time

from twisted.internet import defer, reactor, task

from buildbot.process.buildstep import BuildStep
from buildbot.process.results import SUCCESS

SECONDS = 1.5


def wait_for_answer():
    time.sleep(SECONDS)


class HoldingStep(BuildStep):
    name = "hold"

    @defer.inlineCallbacks
    def run(self):
        # A callback of its own, with nothing in it but what is measured.
        yield task.deferLater(reactor, 0, lambda: None)
        start = time.monotonic()
        wait_for_answer()
        end = time.monotonic()
        yield task.deferLater(reactor, 0, lambda: None)
        with open(os.environ["HOLDING_JOURNAL"], "a") as file:
            file.write(json.dumps({"function": wait_for_answer.__name__, "start": start, "end": end}) + "\n")
        return SUCCESS
