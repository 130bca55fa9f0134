"""The version of the package, which its build writes into the file VERSION."""

import os

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "VERSION")


def _load():
    try:
        with open(_FILE) as source:
            return source.read().strip()
    except OSError:
        # Run from a clone, where nothing was built.
        return "0"


VERSION = _load()
