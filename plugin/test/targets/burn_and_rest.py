"""Burns 3 ms of CPU in one function, then sleeps 7 ms in another. Two more threads wait for work that never comes."""

import queue
import select
import threading
import time

from cpu_ledger import CpuLedger, run_until_told

ledger = CpuLedger()


def burn():
    deadline = time.thread_time() + 0.003
    while time.thread_time() < deadline:
        pass


def rest():
    time.sleep(0.007)


def wait_in_queue():
    queue.Queue().get()


def wait_in_epoll():
    select.epoll().poll()


def cycle():
    ledger.charge(burn)
    ledger.charge(rest)


for waiter in (wait_in_queue, wait_in_epoll):
    threading.Thread(target=waiter, daemon=True).start()
run_until_told(ledger, cycle)
