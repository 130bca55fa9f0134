"""Work for the thread pool: some of it holds the interpreter lock, some lets go of it."""

import hashlib
import zlib


def compress_old_log(data):
    return len(zlib.compress(data, 9))


def hash_artifact(data):
    digest = hashlib.sha256()
    for _ in range(20):
        digest.update(data)
    return digest.hexdigest()


def compare_manifests(count):
    left = {"file-{}".format(number): number for number in range(count)}
    right = {"file-{}".format(number): number // 2 for number in range(count)}
    return sum(1 for name in left if left[name] != right[name])
