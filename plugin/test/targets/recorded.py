"""Parks the main thread in a callback of an event loop, below a generator, a call through C, a method and a name that is not ASCII; a second thread, with a name, waits."""
import _thread
import threading

from parking import park
from scripted_loops import make_loop


class Reactor:
    def run(self):
        return list(map(self.dispatch, [1]))

    def dispatch(self, _event):
        return [value for value in self.steps()]

    def steps(self):
        yield naïve_функция()


def naïve_функция():
    park()


def wait(lock, is_waiting):
    threading.current_thread().name = "ждёт"
    is_waiting.release()
    lock.acquire()


held, is_waiting = _thread.allocate_lock(), _thread.allocate_lock()
held.acquire()
is_waiting.acquire()
_thread.start_new_thread(wait, (held, is_waiting))
is_waiting.acquire()
loop = make_loop("reactor-double")
loop.call_soon(Reactor().run)
loop.run()
