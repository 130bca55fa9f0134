"""Threads that take tasks from a queue and hand the results back to the reactor."""

import queue
import threading

from .deferred import Deferred
from .thread_name import publish_thread_name


class ThreadPool:
    def __init__(self, reactor, names):
        self._reactor = reactor
        self._tasks = queue.Queue()
        self._threads = [threading.Thread(target=self._work, name=name, daemon=True) for name in names]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        for _ in self._threads:
            self._tasks.put(None)

    def defer_to_thread(self, function, *args):
        deferred = Deferred()
        self._tasks.put((deferred, function, args))
        return deferred

    def _work(self):
        publish_thread_name()
        while True:
            task = self._tasks.get()
            if task is None:
                return
            deferred, function, args = task
            self._reactor.call_from_thread(deferred.callback, function(*args))
