"""Two threads hand the turn to each other: one calls burn() for 20 ms of CPU, while the other waits for a semaphore."""

import threading
import time

turns = [threading.Semaphore(1), threading.Semaphore(0)]


def burn():
    deadline = time.thread_time() + 0.02
    while time.thread_time() < deadline:
        pass


def take_turns(mine, other):
    while True:
        mine.acquire()
        burn()
        other.release()


threading.Thread(target=take_turns, args=turns[::-1], daemon=True).start()
print("ready", flush=True)
take_turns(*turns)
