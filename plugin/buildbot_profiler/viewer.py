"""Serves the page to look at files with, on this machine only and without Node: the browser does all the work."""

import argparse
import json
import os
import posixpath
import secrets
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from buildbot_profiler.runtime import PAGE_FOLDER
from buildbot_profiler.version import VERSION

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8080
MAX_PORT = 65535
# As the profiler's own program has it.
EXIT_PORT_IN_USE = 10
INDEX = "index.html"
NONCE_MARKER = "__CSP_NONCE__"
API_ANSWERS = {
    "/api/v1/status": {"version": VERSION, "canRecord": False},
    "/api/v1/recordings": [],
}
OWN_NAMES = ("localhost", LOOPBACK)


def view(arguments):
    """Serves until it is interrupted; gives the exit code."""
    parser = argparse.ArgumentParser(prog="bbprofiler view", description="Serve the page to look at recordings.")
    # A text as the default is parsed as the argument itself would be.
    parser.add_argument("--port", type=_parse_port, default=os.environ.get("PORT", str(DEFAULT_PORT)))
    parser.add_argument("files", nargs="*", help="to be opened from the page: without Node, they cannot be handed to it")
    options = parser.parse_args(arguments)
    try:
        server = make_server(options.port)
    except OSError as error:
        print("bbprofiler: port {} cannot be listened on: {}".format(options.port, error.strerror), file=sys.stderr)
        return EXIT_PORT_IN_USE
    for file in options.files:
        print("bbprofiler: open {} from the page".format(os.path.abspath(file)))
    print("bbprofiler: viewer at http://localhost:{}/profiler".format(server.server_address[1]), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def _parse_port(text):
    port = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= port <= MAX_PORT:
        raise argparse.ArgumentTypeError("{!r} is no whole number from 0 to {}".format(text, MAX_PORT))
    return port


def make_server(port):
    return ThreadingHTTPServer((LOOPBACK, port), ViewerHandler)


class ViewerHandler(SimpleHTTPRequestHandler):
    """Files of the page, the page itself for each address of its router, and two answers that say that nothing is recorded here."""

    extensions_map = dict(SimpleHTTPRequestHandler.extensions_map, **{".js": "text/javascript", ".css": "text/css"})

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, directory=PAGE_FOLDER, **keywords)

    def do_GET(self):
        self._answer(super().do_GET)

    def do_HEAD(self):
        self._answer(super().do_HEAD)

    def _answer(self, answer_file):
        path = posixpath.normpath(urlsplit(self.path).path)
        # A page elsewhere can make its own name point here, but not hide that name.
        if (self.headers.get("host") or "").rsplit(":", 1)[0] not in OWN_NAMES:
            self.send_error(403)
        elif path in API_ANSWERS:
            self._send(json.dumps(API_ANSWERS[path]).encode("utf-8"), "application/json")
        elif path.startswith("/api/"):
            self.send_error(404)
        elif "." not in posixpath.basename(path):
            self._send_page()
        else:
            answer_file()

    def _send_page(self):
        nonce = secrets.token_urlsafe(16)
        with open(os.path.join(PAGE_FOLDER, INDEX), encoding="utf-8") as file:
            html = file.read().replace(NONCE_MARKER, nonce)
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; connect-src 'self'; img-src 'self' data:; "
            "font-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
        ).format(nonce)
        self._send(html.encode("utf-8"), "text/html; charset=utf-8", {"Content-Security-Policy": policy})

    def _send(self, body, kind, headers=()):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments):
        """Who looks at what on this machine is nobody's business."""
