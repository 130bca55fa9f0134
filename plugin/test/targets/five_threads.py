"""A master of five threads: an event loop in the main thread that answers requests, and a pool of which some work, while the others wait for jobs.

Usage: five_threads.py WORKING, from 1 (the event loop alone) to 5. Requests and jobs are of several kinds and sizes, the same in every run.
"""
import json
import queue
import random
import re
import selectors
import socket
import sys
import threading
import time

working = int(sys.argv[1])
POOL = 4
PAUSE = 0.002
LINES = [f"{level}: step {number} of builder-{number % 7} took {number * 37 % 1000} ms" for number, level in enumerate(["info", "error", "debug"] * 40)]
PATTERN = re.compile(r"(\w+): step (\d+) of ([\w-]+) took (\d+) ms")


class LogParser:
    def parse(self, lines):
        return [self.parse_line(line) for line in lines]

    def parse_line(self, line):
        level, number, builder, took = PATTERN.match(line).groups()
        return {"level": self.canonical(level), "number": int(number), "builder": builder, "took": int(took)}

    def canonical(self, level):
        return level.strip().upper()


class BuildTree:
    """Steps that trigger steps, of some depth."""

    def __init__(self, depth, width):
        self.children = [BuildTree(depth - 1, width) for _ in range(width)] if depth else []
        self.seconds = depth * 3 + width

    def total(self):
        return self.seconds + sum(child.total() for child in self.children)

    def describe(self, indent=0):
        lines = [f"{' ' * indent}{self.seconds}"]
        for child in self.children:
            lines.extend(child.describe(indent + 1))
        return lines


def importance(row):
    return (row["level"] != "ERROR", -row["took"], tie_breaker(row))


def tie_breaker(row):
    return row["builder"][::-1]


def answer_log(size):
    rows = LogParser().parse(LINES[:size])
    return json.dumps(sorted(rows, key=importance))


def answer_tree(size):
    tree = BuildTree(2 + size % 3, 2)
    return render("\n".join(tree.describe()), tree.total())


def answer_status(size):
    return render(json.dumps(merge([json.loads(answer_log(size // 3 + 1)), LINES])), size)


def merge(parts):
    return {str(index): merge_part(part) for index, part in enumerate(parts)}


def merge_part(part):
    return [str(item) for item in part]


def render(text, title):
    return "".join(f"<p>{title}{line}</p>" for line in text.splitlines())


ANSWERS = [answer_log, answer_tree, answer_status]


def handle(chance):
    """Some milliseconds of work."""
    deadline = time.thread_time() + chance.uniform(0.001, 0.008)
    while time.thread_time() < deadline:
        chance.choice(ANSWERS)(chance.randrange(1, len(LINES)))


def work_off(jobs, chance):
    while True:
        jobs.get()
        handle(chance)


pools = [queue.Queue() for _ in range(POOL)]
for number, jobs in enumerate(pools):
    threading.Thread(target=work_off, args=(jobs, random.Random(number)), name=f"pool-{number}", daemon=True).start()

selector = selectors.DefaultSelector()
here, there = socket.socketpair()
selector.register(here, selectors.EVENT_READ)
chance = random.Random(POOL)
print("ready", flush=True)
while True:
    selector.select(PAUSE)
    handle(chance)
    for jobs in pools[: working - 1]:
        if jobs.empty():
            jobs.put(None)
