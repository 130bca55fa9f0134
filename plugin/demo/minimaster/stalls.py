"""The three ways in which this master blocks its own loop."""

import socket
import threading
import time

PARSE_SECONDS = 1.5
SEARCH_SECONDS = 1.0
WEBHOOK_SECONDS = 0.5


def find_previous_build(builds, builder, seconds):
    """Compares the properties of every pair of old builds: quadratic, and in the reactor's thread."""
    end = time.monotonic() + seconds
    best = None
    while time.monotonic() < end:
        for build in builds:
            if build.builder == builder and has_same_properties(build, builds[-1]):
                best = build
    return best


def has_same_properties(left, right):
    return all(left.properties.get(name) == value for name, value in right.properties.items() if name != "revision")


def call_webhook_and_wait():
    """A blocking call to a slow service: the loop stands still without using the CPU."""
    near, far = socket.socketpair()
    answer = threading.Timer(WEBHOOK_SECONDS, far.sendall, [b"ok"])
    answer.name = "slow-webhook"
    answer.daemon = True
    answer.start()
    with near, far:
        near.recv(2)
