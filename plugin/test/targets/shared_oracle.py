"""As oracle.py, but every second level of the two chains is the same function: a000, s001, a002, s003 … and b000, s001, b002, s003 …

Where a frame is kept for the next call of its function, only a function with two callers shows a reader that mixes moments.
Usage: shared_oracle.py DEPTH
"""
import sys

depth = int(sys.argv[1])
sys.setrecursionlimit(depth + 1000)


def source(letter):
    lines = []
    for level in range(depth):
        name = f"s{level:03d}" if level % 2 else f"{letter}{level:03d}"
        body = f"chain[{level + 1}](chain)" if level + 1 < depth else "pass"
        lines.append(f"def {name}(chain):\n    {body}\n")
    return "".join(lines)


def names(letter):
    return [f"s{level:03d}" if level % 2 else f"{letter}{level:03d}" for level in range(depth)]


exec(compile(source("b"), __file__ + ":b", "exec"))
exec(compile(source("a"), __file__ + ":a", "exec"))
a, b = [[globals()[name] for name in names(letter)] for letter in "ab"]
print("ready", flush=True)
while True:
    a[0](a)
    b[0](b)
