"""A result that comes later, and generators that wait for it."""

import functools


class Deferred:
    def __init__(self):
        self._callbacks = []
        self._fired = False
        self._result = None

    def add_callback(self, callback):
        self._callbacks.append(callback)
        if self._fired:
            self._run_callbacks()
        return self

    def callback(self, result):
        self._fired = True
        self._result = result
        self._run_callbacks()

    def _run_callbacks(self):
        while self._callbacks:
            self._result = self._callbacks.pop(0)(self._result)


def _inline_callbacks(result, generator, done):
    """Drives the generator as far as its deferreds have fired, without recursion for those that fired already."""
    while True:
        try:
            waiting_for = generator.send(result)
        except StopIteration as stop:
            done.callback(stop.value)
            return
        if not waiting_for._fired:
            waiting_for.add_callback(lambda value: _inline_callbacks(value, generator, done))
            return
        result = waiting_for._result


def inline_callbacks(function):
    @functools.wraps(function)
    def start(*args, **kwargs):
        done = Deferred()
        _inline_callbacks(None, function(*args, **kwargs), done)
        return done

    return start
