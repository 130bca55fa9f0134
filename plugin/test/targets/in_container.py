"""Two threads that wait in functions of different names. Says the pid that the process has outside its pid namespace, whose /proc it still sees."""
import os
import sys
import threading


def helper_waits():
    threading.Event().wait()


def main_waits():
    sys.stdin.read()


threading.Thread(target=helper_waits, daemon=True).start()
print("ready", os.readlink("/proc/self"), flush=True)
main_waits()
