"""An event loop that waits for something that takes an hour."""
import sys

from scripted_loops import make_loop

loop = make_loop(sys.argv[1])
loop.call_later(3600, loop.stop)
print("ready", flush=True)
loop.run()
