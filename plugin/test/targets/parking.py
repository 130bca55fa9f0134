"""park(): says "ready" and the stack that leads to it, as Python itself sees it, and waits until standard input closes."""
import json
import sys


def park():
    frames = []
    frame = sys._getframe(1)
    while frame is not None:
        name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
        frames.insert(0, [name, frame.f_code.co_filename, frame.f_lineno or 0])
        frame = frame.f_back
    print("ready", json.dumps(frames), flush=True)
    sys.stdin.read()
