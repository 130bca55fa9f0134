#!/usr/bin/env python3
"""A pretend Buildbot master to try the profiler on. Prints `ready PID`; ends with its standard input or its parent."""

import argparse
import os
import signal
import stat
import sys

from minimaster.journal import Journal
from minimaster.master import Master
from minimaster.news import BuildNews
from minireactor.reactor import Reactor

PARENT_CHECK_SECONDS = 1.0


def end_with_parent(reactor):
    """Whoever started us is gone as soon as we have another parent, even if our standard input outlives it."""
    parent = os.getppid()

    def check_parent():
        if os.getppid() != parent:
            reactor.stop()
        reactor.call_later(PARENT_CHECK_SECONDS, check_parent)

    check_parent()


def end_with_stdin(reactor):
    """A pipe, socket or terminal that closes ends us; a file or /dev/null says nothing about who is there."""
    try:
        mode = os.fstat(0).st_mode
    except OSError:
        return
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(0)):
        return

    def read_stdin():
        if not os.read(0, 4096):
            reactor.stop()

    reactor.add_reader(0, read_stdin)


def end_at_signals():
    def exit_now(_number, _frame):
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, exit_now)
    signal.signal(signal.SIGINT, exit_now)


def print_line(text):
    try:
        print(text, flush=True)
    except BrokenPipeError:
        pass  # Nobody listens any more; its end is told by other means.


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the pretended logs and builds (default: 1)")
    parser.add_argument("--tell-builds", action="store_true", help="print a line of JSON for each build and step that begins or ends")
    journal = os.environ.get("DEMO_JOURNAL")
    parser.add_argument("--journal", default=journal, help="file for when the loop was held (default: $DEMO_JOURNAL)")
    options = parser.parse_args()

    end_at_signals()
    reactor = Reactor()
    end_with_parent(reactor)
    end_with_stdin(reactor)
    news = BuildNews(print_line if options.tell_builds else None)
    master = Master(reactor, options.seed, news, Journal(reactor, options.journal))
    print_line("ready {}".format(os.getpid()))
    master.start()
    try:
        reactor.run()
    finally:
        master.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
