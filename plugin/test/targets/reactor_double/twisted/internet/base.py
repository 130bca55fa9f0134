"""The shape of Twisted's reactor, for Pythons that have no Twisted: functions and variables are called as there."""
import time
from heapq import heappop, heappush


class DelayedCall:
    def __init__(self, when, func, args):
        self.time = when
        self.func = func
        self.args = args

    def __lt__(self, other):
        return self.time < other.time


class ReactorBase:
    def __init__(self):
        self._pendingTimedCalls = []
        self._newDelayedCalls = []
        self.threadCallQueue = []
        self.running = True

    def callLater(self, seconds, func, *args):
        self._newDelayedCalls.append(DelayedCall(time.time() + seconds, func, args))

    def callFromThread(self, func, *args):
        self.threadCallQueue.append((func, args, {}))
        self.wakeUp()

    def timeout(self):
        self._insertNewDelayedCalls()
        if not self._pendingTimedCalls:
            return None
        return max(0, self._pendingTimedCalls[0].time - time.time())

    def runUntilCurrent(self):
        if self.threadCallQueue:
            count = 0
            total = len(self.threadCallQueue)
            for f, a, kw in self.threadCallQueue:
                f(*a, **kw)
                count += 1
                if count == total:
                    break
            del self.threadCallQueue[:count]
        self._insertNewDelayedCalls()
        now = time.time()
        while self._pendingTimedCalls and self._pendingTimedCalls[0].time <= now:
            call = heappop(self._pendingTimedCalls)
            call.func(*call.args)

    def mainLoop(self):
        while self.running:
            self.runUntilCurrent()
            t2 = self.timeout()
            t = self.running and t2
            self.doIteration(t)

    def _insertNewDelayedCalls(self):
        for call in self._newDelayedCalls:
            heappush(self._pendingTimedCalls, call)
        self._newDelayedCalls = []
