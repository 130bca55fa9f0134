"""Becomes another process, as a daemon does, and parks there."""
import os
import sys

from parking import park


def in_child():
    park()


child = os.fork()
if child == 0:
    in_child()
    os._exit(0)
sys.stdin.close()
os.waitpid(child, 0)
