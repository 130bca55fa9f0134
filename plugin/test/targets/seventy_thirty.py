"""Splits its CPU time 70 to 30 between two functions, in slices of a random length so that no sampler can beat with them."""

import random
import time

from cpu_ledger import CpuLedger, run_until_told

ledger = CpuLedger()


def seventy(scale):
    deadline = time.thread_time() + 0.0007 * scale
    while time.thread_time() < deadline:
        pass


def thirty(scale):
    deadline = time.thread_time() + 0.0003 * scale
    while time.thread_time() < deadline:
        pass


def cycle():
    scale = random.uniform(1, 10)
    ledger.charge(seventy, scale)
    ledger.charge(thirty, scale)


run_until_told(ledger, cycle)
