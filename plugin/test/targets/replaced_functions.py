"""Makes a function, calls it and drops it, again and again; each says its number and waits for a line."""
import sys


def make_and_call(number):
    namespace = {"sys": sys}
    source = f"def generation_{number:04d}():\n    print({number}, flush=True)\n    sys.stdin.readline()\n"
    exec(compile(source, f"<generation_{number:04d}>", "exec"), namespace)
    namespace[f"generation_{number:04d}"]()
    # Function and namespace refer to each other: without this they would stay until the next garbage collection.
    namespace.clear()


print("ready", flush=True)
for number in range(10000):
    make_and_call(number)
