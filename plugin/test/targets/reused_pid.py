"""
Started in a pid namespace of its own: reused_pid.py OUTPUT COMMAND… Starts a program, has COMMAND record it (`PID` in it is replaced), and, once lines of the recording are in OUTPUT,
ends the program and gives its pid to another one at once. Says `ready`, whether the pid was the same, and how the command ended.
"""
import os
import signal
import subprocess
import sys
import time

TARGET = """
import sys
def {name}():
    while True:
        sum(range(100))
print("ready", flush=True)
{name}()
"""
LAST_PID = "/proc/sys/kernel/ns_last_pid"
LEAST_BYTES = 4096
DEADLINE_SECONDS = 30


def start(name):
    target = subprocess.Popen([sys.executable, "-c", TARGET.format(name=name)], stdout=subprocess.PIPE)
    return target


output, command = sys.argv[1], sys.argv[2:]
first = start("victim")
first.stdout.readline()
recorder = subprocess.Popen([word.replace("PID", str(first.pid)) for word in command], stdout=subprocess.DEVNULL)
deadline = time.monotonic() + DEADLINE_SECONDS
while not (os.path.exists(output) and os.path.getsize(output) > LEAST_BYTES):
    if time.monotonic() > deadline or recorder.poll() is not None:
        sys.exit("nothing was recorded")
    time.sleep(0.01)
first.send_signal(signal.SIGKILL)
first.wait()
with open(LAST_PID, "w") as last:
    last.write(str(first.pid - 1))
second = start("impostor")
second.stdout.readline()
print("ready", second.pid == first.pid, recorder.wait(timeout=DEADLINE_SECONDS), flush=True)
second.kill()
