"""Parks below one call of every kind that Python has. Usage: every_call.py WARM_UP_ROUNDS (after some, calls are specialised)"""
import contextlib
import functools
import sys

from parking import park


class Meta(type):
    def __call__(cls, call):
        return super().__call__(call)


class Base:
    def __init__(self, call):
        call()


class Made(Base, metaclass=Meta):
    def __init__(self, call):
        super().__init__(call)


class Plain:
    def __init__(self, call):
        call()


class Descriptor:
    def __get__(self, instance, owner):
        return instance.call()


class Holder:
    described = Descriptor()

    def __init__(self, call):
        self.call = call

    @property
    def value(self):
        return self.call()

    def __getitem__(self, key):
        return self.call()

    def __setitem__(self, key, value):
        self.call()

    def __getattr__(self, name):
        return self.call()

    def __add__(self, other):
        return self.call()

    def __call__(self, *args, **kwargs):
        return self.call()

    def __enter__(self):
        self.call()
        return self

    def __exit__(self, *error):
        return None

    def __iter__(self):
        self.call()
        return iter(())

    def __eq__(self, other):
        return self.call() is None

    def __del__(self):
        pass

    @classmethod
    def of_class(cls, call):
        call()

    @staticmethod
    def of_none(call, *, keyword=None):
        call()


class Overridden:
    def __init__(self, call):
        object.__setattr__(self, "hidden", call)

    def __getattribute__(self, name):
        object.__getattribute__(self, "hidden")()
        return None


@contextlib.contextmanager
def managed(call):
    call()
    yield


async def coroutine(call):
    call()


async def awaiting(call):
    await coroutine(call)


def run_coroutine(call):
    try:
        awaiting(call).send(None)
    except StopIteration:
        pass


def generate(call):
    call()
    yield


def with_statement(call):
    with Holder(call):
        pass


def with_manager(call):
    with managed(call):
        pass


def set_item(call):
    Holder(call)[0] = 1


def class_body(call):
    class Body:
        call()


def loop(call):
    for _ in generate(call):
        pass


def executed(call):
    exec("call()", {"call": call})


def many_arguments(call, a, b=2, *c, d, **e):
    call()


KINDS = [
    Plain,
    Made,
    lambda call: Holder(call).value,
    lambda call: Holder(call)[0],
    lambda call: Holder(call).missing,
    lambda call: Holder(call).described,
    lambda call: Holder(call) + 1,
    lambda call: Holder(call)(1, *[2], key=3),
    lambda call: Holder(call) == 1,
    lambda call: list(Holder(call)),
    lambda call: Holder.of_class(call),
    lambda call: Holder.of_none(call, keyword=1),
    lambda call: Overridden(call).anything,
    lambda call: functools.partial(lambda _, inner: inner(), 1)(call),
    lambda call: [inner() for inner in [call]],
    lambda call: list(inner() for inner in [call]),
    lambda call: sorted([1, 2], key=lambda item: (item == 1 and call(), 0)[1]),
    lambda call: many_arguments(call, *[1], d=4, **{"f": 5}),
    lambda call: many_arguments(call, 1, 2, 3, d=4),
    run_coroutine,
    with_statement,
    with_manager,
    set_item,
    class_body,
    loop,
    executed,
]


def nest(kinds, end):
    call = end
    for kind in kinds:
        call = functools.partial(kind, call) if kinds.index(kind) % 2 else (lambda kind=kind, call=call: kind(call))
    return call


for _ in range(int(sys.argv[1])):
    nest(KINDS, lambda: None)()
nest(KINDS, park)()
