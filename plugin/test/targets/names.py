"""Parks in functions whose names and files are strings of every width, and in methods, closures and lambdas."""
from parking import park

WIDTHS = ["plain", "naïve", "функция", "関数"]


class Outer:
    class Inner:
        def __init__(self, call):
            call()

        @staticmethod
        def method(call):
            return (lambda: call())()


def closure(call):
    def nested():
        call()

    return nested


def in_file(name, file, call):
    namespace = {}
    exec(compile(f"def {name}(call):\n\n    call()\n", file, "exec"), namespace)
    return lambda: namespace[name](call)


calls = park
for name in WIDTHS:
    calls = in_file(name, f"/srv/{name}/𝔭ath.py" if name == "関数" else f"/srv/{name}.py", calls)
calls = in_file("long_" + "x" * 500, "/srv/" + "д" * 500, calls)
for _ in range(200):
    Outer.Inner(lambda: None)
Outer.Inner(lambda: Outer.Inner.method(closure(calls)))
