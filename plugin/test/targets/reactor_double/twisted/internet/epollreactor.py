"""As in base.py."""
import os
import select

from .base import ReactorBase


class Waker:
    def __init__(self):
        self.readable, self._writable = os.pipe()

    def wake(self):
        os.write(self._writable, b"!")

    def doRead(self):
        os.read(self.readable, 1)


class EPollReactor(ReactorBase):
    def __init__(self):
        super().__init__()
        self._poller = select.epoll()
        self._selectables = {}
        self._waker = Waker()
        self.addReader(self._waker.readable, self._waker)

    def addReader(self, fd, selectable):
        self._selectables[fd] = selectable
        self._poller.register(fd, select.EPOLLIN)

    def removeReader(self, fd):
        del self._selectables[fd]
        self._poller.unregister(fd)

    def wakeUp(self):
        self._waker.wake()

    def doPoll(self, timeout):
        if timeout is None:
            timeout = -1
        l = self._poller.poll(timeout, len(self._selectables))  # noqa: E741
        for fd, event in l:
            selectable = self._selectables[fd]
            self._doReadOrWrite(selectable, fd, event)

    doIteration = doPoll

    def _doReadOrWrite(self, selectable, _fd, _event):
        selectable.doRead()
