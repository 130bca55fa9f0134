"""Where the sampler's program is, and the Node that runs it."""

import os
import shutil
import subprocess

PACKAGE = os.path.dirname(os.path.abspath(__file__))
# What the plugin serves in a master, and the page on its own.
STATIC_FOLDER = os.path.join(PACKAGE, "static")
PAGE_FOLDER = os.path.join(PACKAGE, "page")
BACKEND = os.path.join(PACKAGE, "backend", "bbprofiler.mjs")
BUNDLED_NODE = os.path.join(PACKAGE, "runtime", "bin", "node")
# What that Node needs of the system, for those that lack it.
BUNDLED_LIBRARIES = os.path.join(PACKAGE, "runtime", "lib")
# Names another program of ours or another Node, such as those of a clone.
BACKEND_VARIABLE = "BBPROFILER_BACKEND"
NODE_VARIABLE = "BBPROFILER_NODE"
# The oldest Node that has all that the sampler needs.
MIN_NODE_MAJOR = 24
VERSION_TIMEOUT_SECONDS = 10


class NoRuntime(Exception):
    """There is nothing here that could run the sampler; the message says what would."""


def find_backend():
    return os.environ.get(BACKEND_VARIABLE) or BACKEND


def find_node(configured=None):
    """As `choose_node`, and waits until it is known whether it is new enough: not in a reactor."""
    node, is_of_path = choose_node(configured)
    if is_of_path:
        refuse_old(node, _load_major(node))
    return node


def choose_node(configured=None):
    """The Node to use, and whether it is the one of PATH, which may be too old: the one that was asked for and ours come before that."""
    asked = configured or os.environ.get(NODE_VARIABLE)
    if asked:
        if not os.access(asked, os.X_OK):
            raise NoRuntime("{} cannot be run: name the program node itself".format(asked))
        return asked, False
    if os.access(BUNDLED_NODE, os.X_OK):
        return BUNDLED_NODE, False
    found = shutil.which("node")
    if found is None:
        raise NoRuntime(
            "there is no Node on PATH: install Node {} or newer, or the wheel of this package that brings one".format(
                MIN_NODE_MAJOR
            )
        )
    return found, True


def refuse_old(node, major):
    if major < MIN_NODE_MAJOR:
        raise NoRuntime(
            "{} is version {}: Node {} or newer is needed, or the wheel of this package that brings one".format(
                node, major or "unknown", MIN_NODE_MAJOR
            )
        )


def _load_major(node):
    try:
        said = subprocess.run(
            [node, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=VERSION_TIMEOUT_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    return major_of(said)


def major_of(said):
    """Of what `node --version` says; 0 where it does not say."""
    try:
        return int(said.decode("ascii", "replace").strip().lstrip("v").split(".")[0])
    except ValueError:
        return 0


def child_environment(node):
    """That of the master, without what would change how Node starts."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    if node == BUNDLED_NODE:
        known = environment.get("LD_LIBRARY_PATH")
        environment["LD_LIBRARY_PATH"] = BUNDLED_LIBRARIES + (":" + known if known else "")
    return environment
