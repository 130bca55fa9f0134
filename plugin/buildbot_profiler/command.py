"""The command `bbprofiler`: hands over to the profiler's own program, or shows the page without it."""

import os
import sys

from buildbot_profiler.runtime import NoRuntime, child_environment, find_backend, find_node

# As the profiler's own program has it for a machine that lacks what is needed.
EXIT_UNSUPPORTED = 4


def main():
    arguments = sys.argv[1:]
    try:
        node = find_node()
    except NoRuntime as missing:
        sys.exit(_run_without_node(arguments, missing))
    os.execve(node, [node, find_backend()] + arguments, child_environment(node))


def _run_without_node(arguments, missing):
    if arguments and arguments[0] != "view":
        print("bbprofiler: {}. Without it, only \"bbprofiler view\" works.".format(missing), file=sys.stderr)
        return EXIT_UNSUPPORTED
    from buildbot_profiler.viewer import view

    return view(arguments[1:])
