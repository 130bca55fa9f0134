"""Lets one process read this one, as far as the kernel leaves that to this one to say."""

import ctypes

from twisted.python import log

# linux/prctl.h
PR_GET_DUMPABLE = 3
PR_SET_DUMPABLE = 4
PR_SET_PTRACER = 0x59616D61


def _prctl(option, argument=0):
    """The result, or -1 where there is no such call."""
    try:
        call = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return -1
    call.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    return call(option, argument, 0, 0, 0)


def permit_reading_by(pid):
    """Yama in its usual mode, 1, lets nobody read a process but whom it names. Without Yama the call fails, and nothing is lost."""
    _prctl(PR_SET_PTRACER, pid)
    # A process that has changed its user since it was started (twistd --uid) is closed even to that user, its own child among them.
    if _prctl(PR_GET_DUMPABLE) == 0 and _prctl(PR_SET_DUMPABLE, 1) == 0:
        log.msg("profiler: this process had changed its user and was closed to its own; opened it (PR_SET_DUMPABLE)")
