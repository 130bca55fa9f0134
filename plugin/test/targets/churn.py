"""Starts and ends named threads, and makes functions by exec and drops them, fifty times a second.

Usage: churn.py NAMES, of which it uses one after the other and begins anew; 0 for names that never come back.
"""
import itertools
import sys
import threading
import time

names = int(sys.argv[1])
PAUSE = 0.02
BURN = 0.002
REST = 0.025

SOURCE = """
def job_{0}(depth):
    if depth:
        return job_{0}(depth - 1)
    burn()
    rest_{0}()


def rest_{0}():
    time.sleep(REST)
"""


def burn():
    deadline = time.thread_time() + BURN
    while time.thread_time() < deadline:
        pass


def run_job(number):
    space = {"burn": burn, "time": time, "REST": REST}
    exec(compile(SOURCE.format(number), f"<job {number}>", "exec"), space)
    space[f"job_{number}"](number % 10)


print("ready", flush=True)
for count in itertools.count():
    number = count % names if names else count
    threading.Thread(target=run_job, args=(number,), name=f"job {number}").start()
    time.sleep(PAUSE)
