"""Waits for SIGUSR1 and then becomes another program, which sleeps."""
import os
import signal
import sys
import time


def become_another(_number, _frame):
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)"])


signal.signal(signal.SIGUSR1, become_another)
print("ready", flush=True)
while True:
    time.sleep(0.01)
