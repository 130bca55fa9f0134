"""Pipes the bytes of a websocket between browser and sampler, once the request for it has been let through."""

from twisted.internet import defer, protocol
from twisted.web import http

from buildbot_profiler.web.answers import answer_error
from buildbot_profiler.web.socket_endpoint import SocketEndpoint

# Never cookies, nor what logs in; no extensions, so that what is piped is what the sampler says.
PASSED_HEADERS = (b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-protocol")


def is_upgrade(request):
    return (request.getHeader(b"upgrade") or b"").lower() == b"websocket"


@defer.inlineCallbacks
def pipe_websocket(request, socket, path):
    """Takes the connection over from the web server when the sampler is there to talk to."""
    connecting = SocketEndpoint(socket).connect(protocol.Factory.forProtocol(_Side))
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
    _join(browser, sampler)
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
    side = _Side()
    if hasattr(transport, "wrappedProtocol"):  # TLS
        transport.wrappedProtocol = side
    else:
        transport.protocol = side
    side.makeConnection(transport)
    return side


def _join(one, other):
    for side, peer in ((one, other), (other, one)):
        side.peer = peer
        # Whoever is slow to take holds up whoever gives.
        side.transport.registerProducer(peer.transport, True)


class _Side(protocol.Protocol):
    peer = None

    def dataReceived(self, data):
        self.peer.transport.write(data)

    def connectionLost(self, reason=protocol.connectionDone):
        peer, self.peer = self.peer, None
        if peer is not None:
            peer.transport.unregisterProducer()
            peer.transport.loseConnection()
