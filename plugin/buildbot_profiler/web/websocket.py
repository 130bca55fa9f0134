"""Pipes the bytes of a websocket between browser and sampler, once the request for it has been let through."""

import re

from twisted.internet import defer, protocol, reactor
from twisted.web import http

from buildbot_profiler.web.answers import answer_error
from buildbot_profiler.web.socket_endpoint import SocketEndpoint

# Never cookies, nor what logs in; no extensions, so that what is piped is what the sampler says.
PASSED_HEADERS = (b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-protocol")
LIVE_PATH = [b"live"]
SWITCHED = b"HTTP/1.1 101"
HEAD_END = b"\r\n\r\n"
MAX_HEAD_BYTES = 16 * 1024
# A browser says nothing before it is answered; what it says all the same is kept, but not without end.
MAX_HELD_BYTES = 64 * 1024
# For the last bytes of a sampler that is gone, to a browser that may not read any more.
LAST_BYTES_SECONDS = 10
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+) *\r\n", re.IGNORECASE)


def is_upgrade(request):
    """Only of what is a websocket in the sampler: the connection of all else stays with the web server."""
    is_live = request.method == b"GET" and request.postpath == LIVE_PATH
    return is_live and (request.getHeader(b"upgrade") or b"").lower() == b"websocket"


@defer.inlineCallbacks
def pipe_websocket(request, socket, path):
    """Takes the connection over from the web server when the sampler is there to talk to."""
    connecting = SocketEndpoint(socket).connect(protocol.Factory.forProtocol(SamplerSide))
    request.notifyFinish().addErrback(lambda _failure: connecting.cancel())
    try:
        sampler = yield connecting
    except Exception:
        if not request.finished and not getattr(request, "_disconnected", False):
            answer_error(request, http.BAD_GATEWAY, "sampler-failed", "The sampler does not answer")
        return
    if getattr(request, "_disconnected", False):
        sampler.transport.abortConnection()
        return
    head = _format_head(request, path)
    browser = _take_over(request)
    join(browser, sampler)
    sampler.transport.write(head)


def _format_head(request, path):
    lines = [b"GET " + path + b" HTTP/1.1", b"Host: localhost", b"Connection: Upgrade", b"Upgrade: websocket"]
    for name in PASSED_HEADERS:
        value = request.getHeader(name)
        if value is not None:
            lines.append(name + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _take_over(request):
    """The connection, which the web server knows no more: neither its time limits nor its end."""
    channel = request.channel
    channel.setTimeout(None)
    transport, channel.transport = channel.transport, None
    # The channel has held the connection up while it serves this request.
    transport.unregisterProducer()
    transport.resumeProducing()
    side = BrowserSide()
    if hasattr(transport, "wrappedProtocol"):  # TLS
        transport.wrappedProtocol = side
    else:
        transport.protocol = side
    side.makeConnection(transport)
    return side


def join(one, other):
    for side, peer in ((one, other), (other, one)):
        side.peer = peer
        # Whoever is slow to take holds up whoever gives.
        side.transport.registerProducer(peer.transport, True)


class _Side(protocol.Protocol):
    peer = None

    def connectionLost(self, reason=protocol.connectionDone):
        peer, self.peer = self.peer, None
        if peer is not None:
            peer.transport.unregisterProducer()
            peer.leave()


class BrowserSide(_Side):
    """Is heard by the sampler only once that has agreed: before, its bytes would be a request of their own, which nobody has let through."""

    def __init__(self, clock=reactor):
        self._clock = clock
        self._held = b""
        self._is_heard = False
        self._limit = None

    def hear(self):
        self._is_heard = True
        held, self._held = self._held, b""
        if held:
            self.peer.transport.write(held)

    def dataReceived(self, data):
        if self.peer is None:
            return
        if self._is_heard:
            self.peer.transport.write(data)
            return
        self._held += data
        if len(self._held) > MAX_HELD_BYTES:
            self.transport.abortConnection()

    def leave(self):
        """The sampler is gone: the browser may have its last bytes still."""
        self.peer = None
        self._limit = self._clock.callLater(LAST_BYTES_SECONDS, self.transport.abortConnection)
        self.transport.loseConnection()

    def connectionLost(self, reason=protocol.connectionDone):
        if self._limit is not None and self._limit.active():
            self._limit.cancel()
        super().connectionLost(reason)


class SamplerSide(_Side):
    """Reads how the sampler answers; what it says is passed on in any case."""

    def __init__(self):
        self._head = b""
        self._is_switched = False
        # Of an answer that is no websocket; None until its head is whole.
        self._left = None

    def dataReceived(self, data):
        if self.peer is None:
            return
        if self._is_switched:
            self.peer.transport.write(data)
        elif self._left is not None:
            self._pass_body(data)
        else:
            self._take_head(data)

    def _take_head(self, data):
        self._head += data
        head, end, body = self._head.partition(HEAD_END)
        if not end:
            if len(self._head) > MAX_HEAD_BYTES:
                self.transport.abortConnection()
            return
        self._head = b""
        if head.startswith(SWITCHED):
            self._is_switched = True
            self.peer.transport.write(head + end + body)
            self.peer.hear()
            return
        length = CONTENT_LENGTH.search(head + end)
        self._left = 0 if length is None else int(length.group(1))
        self.peer.transport.write(head + end)
        self._pass_body(body)

    def _pass_body(self, data):
        self.peer.transport.write(data[: self._left])
        self._left -= len(data)
        if self._left <= 0:
            # Lets go of the browser too, when it is closed.
            self.transport.loseConnection()

    def leave(self):
        self.peer = None
        self.transport.loseConnection()
