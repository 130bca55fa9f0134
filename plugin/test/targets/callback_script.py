"""
An event loop, named as argument, that goes through a script once told to, by a line: callbacks of 12 ms that follow one another, one that computes for 1.5 s, then a pause, one
that sleeps for 1.5 s, a pause. Then it prints its journal: kind, start and end of each callback, seconds on CLOCK_MONOTONIC.
"""
import json
import sys
import time

from scripted_loops import make_loop

SHORT_COUNT = 90
SHORT_SECONDS = 0.012
LONG_SECONDS = 1.5
PAUSE_SECONDS = 0.2

loop = make_loop(sys.argv[1])
journal = []


def note(kind, start):
    journal.append([kind, start, time.monotonic()])


def compute(until):
    while time.monotonic() < until:
        sum(range(100))


def short():
    start = time.monotonic()
    compute(start + SHORT_SECONDS)
    note("short", start)
    loop.call_soon(short if len(journal) < SHORT_COUNT else long)


def long():
    start = time.monotonic()
    compute(start + LONG_SECONDS)
    note("long", start)
    loop.call_later(PAUSE_SECONDS, asleep)


def asleep():
    start = time.monotonic()
    time.sleep(LONG_SECONDS)
    note("asleep", start)
    loop.call_later(PAUSE_SECONDS, finish)


def finish():
    print(json.dumps(journal), flush=True)


def read_stdin():
    loop.forget_readable(0)
    sys.stdin.readline()
    loop.call_soon(short)


loop.on_readable(0, read_stdin)
loop.call_later(3600, finish)
print("ready", flush=True)
loop.run()
