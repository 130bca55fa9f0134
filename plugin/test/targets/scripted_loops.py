"""The event loops that the scripts of callbacks run on, by name: call_soon(), call_later(), on_readable(), run(), stop()."""
import os
import sys


class AsyncioLoop:
    def __init__(self):
        import asyncio

        self._loop = asyncio.new_event_loop()
        self.call_soon = self._loop.call_soon
        self.call_later = self._loop.call_later
        self.run = self._loop.run_forever
        self.stop = self._loop.stop

    def on_readable(self, fd, callback):
        self._loop.add_reader(fd, callback)

    def forget_readable(self, fd):
        self._loop.remove_reader(fd)


class Selectable:
    def __init__(self, fd, callback):
        self._fd = fd
        self.doRead = callback

    def fileno(self):
        return self._fd

    def logPrefix(self):
        return "selectable"

    def connectionLost(self, reason):
        raise SystemExit(str(reason))


class TwistedReactor:
    """The real one."""

    def __init__(self):
        from twisted.internet import reactor

        self._reactor = reactor
        self._selectables = {}
        self.call_later = reactor.callLater
        self.run = reactor.run
        self.stop = reactor.stop

    def call_soon(self, callback):
        self._reactor.callLater(0, callback)

    def on_readable(self, fd, callback):
        self._selectables[fd] = Selectable(fd, callback)
        self._reactor.addReader(self._selectables[fd])

    def forget_readable(self, fd):
        self._reactor.removeReader(self._selectables.pop(fd))


class ReactorDouble:
    def __init__(self):
        sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "reactor_double"))
        from twisted.internet.epollreactor import EPollReactor

        self._reactor = EPollReactor()
        self.call_later = self._reactor.callLater
        self.run = self._reactor.mainLoop

    def call_soon(self, callback):
        self._reactor.callLater(0, callback)

    def on_readable(self, fd, callback):
        self._reactor.addReader(fd, Selectable(fd, callback))

    def forget_readable(self, fd):
        self._reactor.removeReader(fd)

    def stop(self):
        self._reactor.running = False


LOOPS = {"asyncio": AsyncioLoop, "twisted": TwistedReactor, "reactor-double": ReactorDouble}


def make_loop(name):
    return LOOPS[name]()
