"""Keeps count of the CPU time that each function of a target uses, by the thread's own clock, for comparison with a profile."""

import json
import select
import sys
import time


class CpuLedger:
    def __init__(self):
        self.seconds = {}

    def charge(self, function, *arguments):
        """Calls a function and charges the CPU time it took to its name."""
        before = time.thread_time()
        function(*arguments)
        name = function.__name__
        self.seconds[name] = self.seconds.get(name, 0.0) + time.thread_time() - before


def run_until_told(ledger, cycle):
    """Runs cycles until standard input closes, then prints the ledger as one line of JSON."""
    print("ready", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        cycle()
    print(json.dumps(ledger.seconds), flush=True)
