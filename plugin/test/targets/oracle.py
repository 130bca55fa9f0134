"""Alternates two call chains, a000 to aN and b000 to bN, that share no function.

A stack that mixes the two, or skips a level, cannot exist: a reader that shows one has put different moments together.
Usage: oracle.py DEPTH
"""
import sys

depth = int(sys.argv[1])
sys.setrecursionlimit(depth + 1000)


def source(letter):
    lines = []
    for level in range(depth):
        body = f"{letter}{level + 1:03d}()" if level + 1 < depth else "pass"
        lines.append(f"def {letter}{level:03d}():\n    {body}\n")
    return "".join(lines)


exec(compile(source("a"), __file__ + ":a", "exec"))
exec(compile(source("b"), __file__ + ":b", "exec"))
print("ready", flush=True)
while True:
    a000()  # noqa: F821
    b000()  # noqa: F821
