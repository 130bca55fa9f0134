"""The loop: waits in epoll, then calls whoever has data, whose time has come, or whom a thread handed over."""

import collections
import heapq
import itertools
import selectors
import socket
import time

LONGEST_POLL_SECONDS = 1.0


class Reactor:
    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._timers = []
        self._order = itertools.count()
        self._from_threads = collections.deque()
        self._running = False
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)
        self.add_reader(self._woken, self._drain_wakeups)

    def add_reader(self, readable, callback):
        self._selector.register(readable, selectors.EVENT_READ, callback)

    def remove_reader(self, readable):
        self._selector.unregister(readable)

    def call_later(self, seconds, callback, *args):
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), callback, args))

    def call_from_thread(self, callback, *args):
        self._from_threads.append((callback, args))
        try:
            self._waker.send(b"!")
        except BlockingIOError:
            pass  # The pipe is full of wake-ups already.

    def run(self):
        self._running = True
        while self._running:
            self.run_until_current()
            self.do_poll(self._poll_timeout())

    def stop(self):
        self._running = False

    def run_until_current(self):
        for _ in range(len(self._from_threads)):
            callback, args = self._from_threads.popleft()
            callback(*args)
        now = time.monotonic()
        while self._timers and self._timers[0][0] <= now:
            _when, _order, callback, args = heapq.heappop(self._timers)
            callback(*args)

    def do_poll(self, timeout):
        for key, _events in self._selector.select(timeout):
            key.data()

    def _poll_timeout(self):
        if self._from_threads:
            return 0
        if not self._timers:
            return LONGEST_POLL_SECONDS
        return min(LONGEST_POLL_SECONDS, max(0.0, self._timers[0][0] - time.monotonic()))

    def _drain_wakeups(self):
        self._woken.recv(4096)
