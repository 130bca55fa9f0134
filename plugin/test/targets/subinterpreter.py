"""Two threads that wait in functions of their own: one runs in the main interpreter, the other in a second one."""
import os
import sys
import threading

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

CODE = """
import os
def wait_inside():
    os.write({written}, b"!")
    os.read({never}, 1)
wait_inside()
"""


def wait_in_main():
    print("ready", flush=True)
    sys.stdin.read()


readable, written = os.pipe()
never = os.pipe()[0]
interpreter = interpreters.create()
run = getattr(interpreters, "run_string", None) or interpreters.exec
threading.Thread(target=run, args=(interpreter, CODE.format(written=written, never=never)), daemon=True).start()
os.read(readable, 1)
wait_in_main()
