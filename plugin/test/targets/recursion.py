"""Parks at the bottom of a recursion. Usage: recursion.py DEPTH"""
import sys

from parking import park


def descend(depth):
    if depth > 0:
        descend(depth - 1)
    else:
        park()


depth = int(sys.argv[1])
sys.setrecursionlimit(depth + 1000)
descend(depth)
