"""The built page and what Buildbot's own UI loads of it."""

import base64
import mimetypes
import os
import re

from twisted.web import http, resource, static

INDEX = "index.html"
NONCE_MARKER = b"__CSP_NONCE__"
NONCE_BYTES = 16
# The page lies wherever the plugin is mounted.
BUILT_BASE = b'<base href="/"'
MOUNTED_BASE = b'<base href="./"'
PACKED_SUFFIX = ".gz"
# As the build names files by their content: `main-ABCD1234.js`, `chunk-aB3_d-Fg.js`.
HASHED_NAME = re.compile(r"-[\w-]{8}\.\w+$", re.ASCII)
# Of a browser's request; anything else would say more in the policy than where the page was found.
HOST = re.compile(rb"\A[A-Za-z0-9.-]+(:\d{1,5})?\Z|\A\[[0-9A-Fa-f:.]+\](:\d{1,5})?\Z")
IMMUTABLE = b"public, max-age=31536000, immutable"
ALWAYS_ASKED = b"no-cache"
# Python 3.8 does not know all of them on every system.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}


class UiResource(resource.Resource):
    """Serves the files that were there when it was made, and nothing else; the page itself for each address of its router."""

    def __init__(self, folder):
        super().__init__()
        self._folder = folder
        self._files = frozenset(_list_files(folder))

    def getChild(self, path, request):
        names = [path] + request.postpath
        name = b"/".join(names).decode("utf-8", "replace")
        if name in self._files and name != INDEX:
            request.postpath = []
            return FileResource(self._folder, name, name + PACKED_SUFFIX in self._files)
        if len(names) == 1 and "." not in name and INDEX in self._files:
            return PageResource(self._folder)
        return NotFound()

    def render_GET(self, request):
        """At the plugin's address without a slash at its end, from where the page would look for its files in the wrong place."""
        name = request.prepath[-1] if request.prepath else b""
        request.setResponseCode(http.FOUND)
        # Relative: only the browser knows the whole address.
        request.setHeader(b"location", name + b"/")
        return b""


class FileResource(resource.Resource):
    isLeaf = True

    def __init__(self, folder, name, is_packed):
        super().__init__()
        self._path = os.path.join(folder, *name.split("/"))
        self._name = name
        self._is_packed = is_packed

    def render_GET(self, request):
        extension = os.path.splitext(self._name)[1]
        kind = TYPES.get(extension) or mimetypes.guess_type(self._name)[0] or "application/octet-stream"
        request.setHeader(b"cache-control", IMMUTABLE if HASHED_NAME.search(self._name) else ALWAYS_ASKED)
        request.setHeader(b"x-content-type-options", b"nosniff")
        path = self._path
        if self._is_packed:
            request.setHeader(b"vary", b"accept-encoding")
            if takes_gzip(request):
                request.setHeader(b"content-encoding", b"gzip")
                path += PACKED_SUFFIX
        file = static.File(path, defaultType=kind)
        file.type, file.encoding = kind, None
        return file.render_GET(request)


class PageResource(resource.Resource):
    """The page with a fresh nonce, and the policy that names it."""

    isLeaf = True

    def __init__(self, folder):
        super().__init__()
        self._path = os.path.join(folder, INDEX)

    def render_GET(self, request):
        with open(self._path, "rb") as file:
            html = file.read()
        nonce = base64.b64encode(os.urandom(NONCE_BYTES)) if NONCE_MARKER in html else None
        request.setHeader(b"content-type", b"text/html; charset=utf-8")
        request.setHeader(b"cache-control", ALWAYS_ASKED)
        request.setHeader(b"x-content-type-options", b"nosniff")
        request.setHeader(b"content-security-policy", page_policy(request.getHeader(b"host") or b"", nonce))
        return html.replace(NONCE_MARKER, nonce or b"").replace(BUILT_BASE, MOUNTED_BASE)


class NotFound(resource.Resource):
    isLeaf = True

    def render(self, request):
        request.setResponseCode(http.NOT_FOUND)
        request.setHeader(b"content-type", b"text/plain; charset=utf-8")
        return b"There is nothing at this address\n"


def page_policy(host, nonce):
    """Everything the page does, and nothing else; `ws:` for browsers whose 'self' does not cover websockets.

    A host that is none is left out. Without a nonce any style may be there: those of the custom element are in its shadow root, to which it takes them itself.
    """
    return b"; ".join(
        [
            b"default-src 'none'",
            b"script-src 'self'",
            b"style-src 'self' " + (b"'unsafe-inline'" if nonce is None else b"'nonce-" + nonce + b"'"),
            b"connect-src 'self'" + (b" ws://" + host + b" wss://" + host if HOST.match(host) else b""),
            b"img-src 'self' data:",
            b"font-src 'self'",
            b"worker-src 'self'",
            b"base-uri 'self'",
            b"form-action 'none'",
            b"frame-ancestors 'self'",
        ]
    )


def takes_gzip(request):
    """Whether the browser said so; one that forbids it (`gzip;q=0`) does not."""
    for part in (request.getHeader(b"accept-encoding") or b"").lower().split(b","):
        coding, _, quality = part.strip().partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return quality.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _list_files(folder):
    """Relative names with slashes."""
    for path, _folders, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder).replace(os.sep, "/")
