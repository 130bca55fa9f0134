"""Fails when a Python file of ours does not compile on the oldest Python that has to run it. Arguments: the files."""

import ast
import sys

OLDEST_PYTHON = (3, 8)


def main(files):
    failed = False
    for file in files:
        with open(file, "rb") as source:
            try:
                ast.parse(source.read(), file, feature_version=OLDEST_PYTHON)
            except SyntaxError as error:
                print("{}:{}: {}".format(file, error.lineno, error.msg), file=sys.stderr)
                failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
