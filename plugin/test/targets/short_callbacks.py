"""
An event loop, named as argument, that once told to, by a line, has callbacks of 12 ms to call one after the other, all due at once, for about three seconds; before and after
them it waits. Then it prints when each of them began and ended, seconds on CLOCK_MONOTONIC.
"""
import json
import sys
import time

from scripted_loops import make_loop

COUNT = 250
SECONDS = 0.012
PAUSE_SECONDS = 0.5

loop = make_loop(sys.argv[1])
journal = []


def compute(until):
    while time.monotonic() < until:
        sum(range(100))


def short_callback():
    start = time.monotonic()
    compute(start + SECONDS)
    journal.append([start, time.monotonic()])
    if len(journal) == COUNT:
        loop.call_later(PAUSE_SECONDS, finish)


def finish():
    print(json.dumps(journal), flush=True)


def begin():
    for _ in range(COUNT):
        loop.call_soon(short_callback)


def read_stdin():
    loop.forget_readable(0)
    sys.stdin.readline()
    loop.call_later(PAUSE_SECONDS, begin)


loop.on_readable(0, read_stdin)
loop.call_later(3600, finish)
print("ready", flush=True)
loop.run()
