"""What the master learns from a build's log."""

import re
import time

_WARNING = re.compile(r"^(?P<file>\S+):(?P<line>\d+): warning: (?P<text>.*)$")
_TEST = re.compile(r"^test_(?P<name>\w+) \.\.\. (?P<result>ok|FAIL) \((?P<ms>\d+) ms\)$")
_ESCAPES = re.compile("\x1b\\[[0-9;]*m")


class LogParser:
    def __init__(self):
        self.warnings = 0
        self.failures = 0
        self.slowest_ms = 0

    def parse_line(self, line):
        text = strip_escapes(line)
        if _WARNING.match(text):
            self.warnings += 1
            return
        test = _TEST.match(text)
        if test:
            self.failures += test.group("result") == "FAIL"
            self.slowest_ms = max(self.slowest_ms, int(test.group("ms")))


def strip_escapes(line):
    return _ESCAPES.sub("", line)


def split_log_chunks(text):
    """Cuts where the lines end; slow on purpose, character by character, as a real one was."""
    chunks = []
    start = 0
    for position, character in enumerate(text):
        if character == "\n" and position - start >= 512:
            chunks.append(text[start:position])
            start = position + 1
    chunks.append(text[start:])
    return chunks


def parse_huge_log(text, seconds):
    """Parses the same log again and again in one go: nothing else runs in this thread for that long."""
    parser = LogParser()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for chunk in split_log_chunks(text):
            for line in chunk.split("\n"):
                parser.parse_line(line)
    return parser
