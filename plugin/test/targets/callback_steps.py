"""
An event loop that stops in each of its callbacks until it is told to go on: some timed calls that follow one another, then calls of one reader whose descriptor is
always readable, then either by turns. Says `callback KIND` when it is in one, `done` at last.
"""
import os
import sys

from scripted_loops import make_loop

COUNT = 8
FAR_AWAY_SECONDS = 3600

loop = make_loop(sys.argv[1])
readable, writable = os.pipe()
os.write(writable, b"!")
calls = {"timed": 0, "reader": 0}


def stop_here(kind):
    calls[kind] += 1
    print("callback", kind, flush=True)
    sys.stdin.readline()


def timed():
    stop_here("timed")
    if calls["timed"] < COUNT:
        loop.call_soon(timed)
    else:
        loop.on_readable(readable, read)


def read():
    stop_here("reader")
    if calls["reader"] == 2 * COUNT:
        loop.forget_readable(readable)
        print("done", flush=True)
    elif calls["reader"] >= COUNT:
        loop.call_soon(by_turns)


def by_turns():
    stop_here("timed")


loop.call_later(FAR_AWAY_SECONDS, timed)
loop.call_soon(timed)
print("ready", flush=True)
loop.run()
