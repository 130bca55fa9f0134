"""Started by root, becomes another user: other_user.py UID as-is|open|closed|apart

A process that has changed its user is closed to that user ("as-is"), and can open itself again, or close itself by its own will. "apart" is open, in a
user namespace of its own.
"""
import ctypes
import os
import sys

PR_SET_DUMPABLE = 4
CLONE_NEWUSER = 0x10000000

libc = ctypes.CDLL(None, use_errno=True)


def set_dumpable(value):
    libc.prctl(PR_SET_DUMPABLE, value, 0, 0, 0)


uid, memory = int(sys.argv[1]), sys.argv[2]
os.setgroups([])
os.setgid(uid)
os.setuid(uid)
if memory == "apart" and libc.unshare(CLONE_NEWUSER) != 0:
    sys.exit("no user namespace: " + os.strerror(ctypes.get_errno()))
if memory != "as-is":
    set_dumpable(1)
if memory == "closed":
    set_dumpable(0)
print("ready", flush=True)
sys.stdin.read()
