"""Pipes requests to the sampler's socket and its answers back, holding up whichever side is faster."""

import re
from urllib.parse import quote

from twisted.internet import defer, error, protocol, reactor
from twisted.python import log
from twisted.web import client, http, resource, server
from twisted.web.error import Error
from twisted.web.http_headers import Headers
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from buildbot_profiler.web.access import CONTROL, VIEW
from buildbot_profiler.web.answers import answer_error
from buildbot_profiler.web.socket_endpoint import SocketEndpoint
from buildbot_profiler.web.websocket import is_upgrade, pipe_websocket

API_ROOT = b"/api/v1/"
RETRY_AFTER_SECONDS = 2
# Until an answer begins; its body may take as long as it likes.
HEAD_TIMEOUT_SECONDS = 30
# What may stand in the first line of a request.
SENDABLE = re.compile(rb"\A[\x21-\x7e]+\Z")
READING_METHODS = (b"GET", b"HEAD")
METHODS = READING_METHODS + (b"POST", b"PATCH", b"DELETE")
# All that the sampler needs to know. Never the cookie, which is the session, nor what logs in.
PASSED_REQUEST_HEADERS = (b"accept", b"content-type")
# Of one connection, not of the answer.
HOP_HEADERS = (b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"trailer", b"te")


class SamplerProxy(resource.Resource):
    """Everything below `api/v1`."""

    isLeaf = True

    def __init__(self, sampler, access, clock=reactor):
        super().__init__()
        self._clock = clock
        self._sampler = sampler
        self._access = access
        self._agent = client.Agent.usingEndpointFactory(reactor, _SocketEndpoints(sampler))

    def render(self, request):
        self._answer(request).addErrback(_answer_failure, request)
        return server.NOT_DONE_YET

    @defer.inlineCallbacks
    def _answer(self, request):
        if request.method not in METHODS:
            answer_error(request, http.NOT_FOUND, "not-found", "There is nothing of this kind at this address")
            return
        try:
            yield self._access.check(request, VIEW if request.method in READING_METHODS else CONTROL)
        except Error as refusal:
            answer_error(request, int(refusal.status), getattr(refusal, "code", "unauthorized"), _text_of(refusal))
            return
        if self._sampler.socket is None:
            _answer_absence(request, self._sampler.problem)
            return
        if _has_left(request):
            return
        if not SENDABLE.match(upstream_path(request)):
            answer_error(request, http.BAD_REQUEST, "bad-argument", "The address has characters that have to be escaped")
            return
        if is_upgrade(request):
            yield pipe_websocket(request, self._sampler.socket, upstream_path(request))
        else:
            yield self._pipe(request)

    @defer.inlineCallbacks
    def _pipe(self, request):
        headers = Headers({b"host": [b"localhost"]})
        for name in PASSED_REQUEST_HEADERS:
            values = request.requestHeaders.getRawHeaders(name)
            if values:
                headers.setRawHeaders(name, values)
        has_body = request.method not in READING_METHODS
        body = client.FileBodyProducer(request.content) if has_body else None
        asked = self._agent.request(request.method, b"http://localhost" + upstream_path(request), headers, body)
        request.notifyFinish().addErrback(lambda _failure: asked.cancel())
        limit = self._clock.callLater(HEAD_TIMEOUT_SECONDS, asked.cancel)
        try:
            response = yield asked
        except Exception as failure:
            if not _has_left(request):
                log.msg("profiler: the sampler does not answer: {}".format(failure))
                status = http.BAD_GATEWAY if limit.active() else http.GATEWAY_TIMEOUT
                answer_error(request, status, "sampler-failed", "The sampler does not answer")
            return
        finally:
            if limit.active():
                limit.cancel()
        if _has_left(request):
            response.deliverBody(protocol.Protocol())
            return
        request.setResponseCode(response.code)
        for name, values in response.headers.getAllRawHeaders():
            if name.lower() not in HOP_HEADERS:
                request.responseHeaders.setRawHeaders(name, values)
        if response.length is not client.UNKNOWN_LENGTH:
            request.setHeader(b"content-length", str(response.length).encode("ascii"))
        response.deliverBody(_BodyPipe(request))


def upstream_path(request):
    """The path behind the plugin's own, wherever that is mounted, with its query."""
    path = API_ROOT + b"/".join(quote(segment, safe="").encode("ascii") for segment in request.postpath)
    _, mark, query = request.uri.partition(b"?")
    return path + mark + query


@implementer(IAgentEndpointFactory)
class _SocketEndpoints:
    """Whatever address is asked for, it is the sampler's socket of now."""

    def __init__(self, sampler):
        self._sampler = sampler

    def endpointForURI(self, _uri):
        return SocketEndpoint(self._sampler.socket or "")


class _BodyPipe(protocol.Protocol):
    """The sampler's answer on its way to the browser, which says when it has room for more."""

    def __init__(self, request):
        self._request = request
        self._is_over = False

    def connectionMade(self):
        self._request.notifyFinish().addErrback(self._leave)
        self._request.registerProducer(self.transport, True)

    def dataReceived(self, data):
        if not self._is_over:
            self._request.write(data)

    def connectionLost(self, reason=protocol.connectionDone):
        if self._is_over:
            return
        self._is_over = True
        self._request.unregisterProducer()
        if reason.check(client.ResponseDone):
            self._request.finish()
        else:
            # The browser has to see that something is missing: an answer that ends in order would look whole.
            self._request.channel.transport.abortConnection()

    def _leave(self, _failure):
        """The browser is gone: nothing more is wanted of the sampler."""
        if self._is_over:
            return
        self._is_over = True
        self.transport.stopProducing()


def _has_left(request):
    return bool(getattr(request, "_disconnected", False) or request.finished)


def _answer_absence(request, problem):
    if problem is not None:
        answer_error(request, http.BAD_GATEWAY, "sampler-failed", problem[0].upper() + problem[1:])
    else:
        answer_error(
            request, http.SERVICE_UNAVAILABLE, "sampler-failed", "The sampler is being started", RETRY_AFTER_SECONDS
        )


def _text_of(refusal):
    message = refusal.message
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
    return text[:1].upper() + text[1:]


def _answer_failure(failure, request):
    """What nobody has foreseen is for the log; the browser learns only that it happened."""
    if failure.check(defer.CancelledError, error.ConnectionLost):
        return
    log.err(failure, "profiler: a request failed")
    if not request.startedWriting and not _has_left(request):
        answer_error(request, http.INTERNAL_SERVER_ERROR, "internal", "The plugin failed to answer; the log says why")
