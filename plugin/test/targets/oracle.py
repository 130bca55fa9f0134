"""Alternates two call chains, a000 to aN and b000 to bN, that share no function; each further thread does so with two chains of its own: c and d, e and f …

A stack that mixes chains, or skips a level, cannot exist: a reader that shows one has put different moments together.
Usage: oracle.py DEPTH [THREADS]

On SIGUSR1 it says how often both chains were gone through, by all threads, its CPU time, and the time, in seconds: what that signal interrupts is no possible stack either.
"""
import _thread
import signal
import sys
import time

depth = int(sys.argv[1])
threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
sys.setrecursionlimit(depth + 1000)


def source(letter):
    lines = []
    for level in range(depth):
        body = f"{letter}{level + 1:03d}()" if level + 1 < depth else "pass"
        lines.append(f"def {letter}{level:03d}():\n    {body}\n")
    return "".join(lines)


LOOP = """
def {0}{1}():
    while True:
        {0}000()
        {1}000()
        rounds[{2}] += 1
"""


def report(_signal, _frame):
    print(sum(rounds), time.process_time(), time.monotonic(), flush=True)


rounds = [0] * threads
for letter in "abcdefghijklmnop"[: 2 * threads]:
    exec(compile(source(letter), "oracle:" + letter, "exec"))
for thread in range(1, threads):
    first, second = "abcdefghijklmnop"[2 * thread : 2 * thread + 2]
    exec(LOOP.format(first, second, thread))
    _thread.start_new_thread(globals()[first + second], ())
signal.signal(signal.SIGUSR1, report)
print("ready", flush=True)
while True:
    a000()  # noqa: F821
    b000()  # noqa: F821
    rounds[0] += 1
