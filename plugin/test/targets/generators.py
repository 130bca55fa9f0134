"""Parks inside a coroutine that a generator drives, with calls through C in between."""
from parking import park


class Waiter:
    def __await__(self):
        park()
        yield


async def inner():
    await Waiter()


async def outer():
    await inner()


def drive():
    yield from [outer().send(None)]


def delegate():
    yield from drive()


def through_c(_item):
    return list(delegate())


list(map(through_c, [1]))
