"""Parks in an expression whose lines go up and down, and in code generated with line numbers of its own."""
import ast

from parking import park


def backwards():
    return (
        lambda value: value
    )(
        [
            0,
            (
                park
            )(
            ),
        ]
    )


def far_apart():
    tree = ast.parse("def far(call):\n    x = 1\n    call()\n    return x\n")
    body = tree.body[0].body
    body[0].lineno = body[0].end_lineno = 60000
    ast.increment_lineno(body[1], 20)
    body[2].lineno = body[2].end_lineno = 3
    namespace = {}
    exec(compile(tree, "/srv/far.py", "exec"), namespace)
    namespace["far"](backwards)


far_apart()
