"""Makes a wheel out of a folder: the folder's content, and the metadata that pip reads. Arguments: folder, metadata folder, tag, output folder.

The metadata folder holds METADATA, entry_points.txt and licenses/; WHEEL and RECORD are made here (Binary distribution format, PEP 427).
"""

import base64
import email.parser
import hashlib
import os
import sys
import zipfile

# The earliest that a zip file knows: the same content gives the same wheel.
TIMESTAMP = (1980, 1, 1, 0, 0, 0)
FILE_MODE = 0o644
PROGRAM_MODE = 0o755
REGULAR_FILE = 0o100000
GENERATOR = "buildbot-profiler"


def list_files(folder):
    """Absolute path and name in the wheel, in one order on every machine."""
    found = []
    for path, _folders, names in os.walk(folder):
        for name in names:
            file = os.path.join(path, name)
            found.append((file, os.path.relpath(file, folder).replace(os.sep, "/")))
    return sorted(found, key=lambda entry: entry[1])


class Wheel:
    def __init__(self, file):
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self._record = []

    def add(self, name, content, mode=FILE_MODE):
        info = zipfile.ZipInfo(name, TIMESTAMP)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (REGULAR_FILE | mode) << 16
        self._zip.writestr(info, content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
        self._record.append("{},sha256={},{}".format(name, digest, len(content)))

    def close(self, record):
        info = zipfile.ZipInfo(record, TIMESTAMP)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = (REGULAR_FILE | FILE_MODE) << 16
        self._zip.writestr(info, "\n".join(self._record + [record + ",,", ""]))
        self._zip.close()


def main(folder, metadata_folder, tag, output_folder):
    with open(os.path.join(metadata_folder, "METADATA"), encoding="utf-8") as source:
        metadata = email.parser.Parser().parse(source)
    stem = "{}-{}".format(metadata["Name"].replace("-", "_"), metadata["Version"])
    dist_info = stem + ".dist-info/"
    os.makedirs(output_folder, exist_ok=True)
    file = os.path.join(output_folder, "{}-{}.whl".format(stem, tag))
    wheel = Wheel(file)
    for path, name in list_files(folder):
        with open(path, "rb") as source:
            mode = PROGRAM_MODE if os.access(path, os.X_OK) else FILE_MODE
            wheel.add(name, source.read(), mode)
    for path, name in list_files(metadata_folder):
        with open(path, "rb") as source:
            wheel.add(dist_info + name, source.read())
    is_pure = "true" if tag.endswith("-none-any") else "false"
    wheel.add(
        dist_info + "WHEEL",
        "Wheel-Version: 1.0\nGenerator: {}\nRoot-Is-Purelib: {}\nTag: {}\n".format(GENERATOR, is_pure, tag).encode("utf-8"),
    )
    wheel.close(dist_info + "RECORD")
    print("{}: {:.1f} MB".format(os.path.basename(file), os.path.getsize(file) / 1e6))


if __name__ == "__main__":
    main(*sys.argv[1:])
