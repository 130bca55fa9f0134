"""Has a thread, but never imports the threading module."""
import _thread
import os
import sys

if "threading" in sys.modules and not sys.flags.no_site:
    # Something that is installed here imports it at start.
    os.execv(sys.executable, [sys.executable, "-S", __file__])


def stay():
    is_there.release()
    held.acquire()


held, is_there = _thread.allocate_lock(), _thread.allocate_lock()
held.acquire()
is_there.acquire()
_thread.start_new_thread(stay, ())
is_there.acquire()
print("ready", "threading" in sys.modules, flush=True)
sys.stdin.read()
