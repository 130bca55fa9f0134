"""Two threads that wait in functions of different names. Says the pid that the process has outside its pid namespace, whose /proc it still sees."""
import os
import sys
import threading


entered = threading.Event()


def helper_waits():
    entered.set()
    threading.Event().wait()


def main_waits():
    entered.wait()
    print("ready", os.readlink("/proc/self"), flush=True)
    sys.stdin.read()


threading.Thread(target=helper_waits, daemon=True).start()
main_waits()
