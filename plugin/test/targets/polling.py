"""Wakes up often and does next to nothing: the main thread from epoll, another from a sleep."""
import select
import threading
import time


def doze():
    while True:
        time.sleep(0.002)


threading.Thread(target=doze, daemon=True).start()
poller = select.epoll()
print("ready", flush=True)
while True:
    poller.poll(0.002)
