"""Threads with names of every kind, and those that the threading module learns of only when they ask for themselves."""
import _thread
import sys
import threading

NAMES = ["plain", "naïve", "поток", "関数", "𝔣ull", "a name longer than the kernel keeps"]


class Custom(threading.Thread):
    """Attributes before and after those of Thread."""

    def __init__(self, name):
        self.before = [1]
        super().__init__(target=stay, name=name, daemon=True)
        self.after = {"_name": "not this"}


class Slotted(threading.Thread):
    __slots__ = ("before", "_other")


def stay():
    is_there.release()
    threading.Event().wait()


def stay_unknown():
    is_there.release()
    held.acquire()


def stay_and_ask():
    threading.current_thread()
    stay()


def start(thread):
    thread.start()
    is_there.acquire()
    return thread


held, is_there = _thread.allocate_lock(), threading.Semaphore(0)
held.acquire()
threads = [start(threading.Thread(target=stay, name=name, daemon=True)) for name in NAMES]
start(Custom("custom"))
start(Slotted(target=stay, name="slotted", daemon=True))
# Attributes that somebody looked at, changed, or made too many for the keys that instances share are kept in a dict.
vars(start(threading.Thread(target=stay, name="looked at", daemon=True)))
vars(start(threading.Thread(target=stay, name="more", daemon=True))).update({f"more{index}": 0 for index in range(50)})
replaced = threading.Thread(target=stay, name="replaced", daemon=True)
replaced.__dict__ = dict(replaced.__dict__)
start(replaced)
_thread.start_new_thread(stay_and_ask, ())
is_there.acquire()
_thread.start_new_thread(stay_unknown, ())
is_there.acquire()
print("ready", flush=True)
for line in sys.stdin:
    threads[0].name = line.rstrip("\n")
    print("renamed", flush=True)
