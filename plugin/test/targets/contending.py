"""
Two threads want the GIL: one all the time, the other for 15 ms, after which it sleeps for 10 ms. Each keeps its own ledger.

The bursts are long, so that what it costs the kernel to put a thread to sleep and to wake it matters little: with two CPUs, one of which
the holder of the GIL has and the other whoever looks at them, nobody can be seen there without the GIL.
"""

import threading
import time

from cpu_ledger import CpuLedger, run_until_told

ledger = CpuLedger()
other_ledger = CpuLedger()
is_over = False


def burn(seconds):
    deadline = time.thread_time() + seconds
    while time.thread_time() < deadline:
        pass


def now_and_then():
    burn(0.015)


def all_the_time():
    burn(0.01)


def rest():
    time.sleep(0.01)


def contend():
    while not is_over:
        other_ledger.charge(all_the_time)
    ledger.seconds.update(other_ledger.seconds)


class BothLedgers:
    """That of the first thread, completed by the other's when it is asked for."""

    @property
    def seconds(self):
        global is_over
        is_over = True
        other.join()
        return ledger.seconds


def cycle():
    ledger.charge(now_and_then)
    ledger.charge(rest)


other = threading.Thread(target=contend)
other.start()
run_until_told(BothLedgers(), cycle)
