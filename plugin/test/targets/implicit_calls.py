"""Calls that the interpreter makes itself, all the time: properties, subscripts, __init__, __getattr__, sorting keys, generators.

Most return at once, so that stacks change while they are read; one round in twenty takes long enough to be seen for certain.
"""

AT_ONCE = 3
LONG = 2000
length = AT_ONCE


def leaf(n):
    for _ in range(n):
        pass


class Thing:
    def __init__(self):
        leaf(length)

    @property
    def value(self):
        return leaf(length)

    def __getitem__(self, key):
        return leaf(length)


def steps():
    leaf(length)
    yield 1


def key(item):
    leaf(length)
    return item


def make():
    Thing()


def get(thing):
    return thing.value


def subscript(thing):
    return thing[0]


def order():
    sorted([1], key=key)


def iterate():
    for _ in steps():
        pass


def run(thing):
    global length
    for number in range(200):
        length = AT_ONCE if number % 20 else LONG
        make()
        get(thing)
        subscript(thing)
        order()
        iterate()


shared = Thing()
run(shared)
print("ready", flush=True)
while True:
    run(shared)
