"""Forks all the time; parent and child each work in a function of their own."""
import os


def work():
    return sum(range(10_000))


def in_child():
    work()
    os._exit(0)


def in_parent(child):
    work()
    os.waitpid(child, 0)


print("ready", flush=True)
while True:
    child = os.fork()
    if child == 0:
        in_child()
    in_parent(child)
