"""What the sampler sees of a browser's request, and what the browser sees of a sampler that fails."""

import os

from twisted.internet import defer, protocol, reactor, task
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.testing import StringTransport
from twisted.trial import unittest
from twisted.web import server
from twisted.web.error import Error
from twisted.web.resource import Resource

from buildbot_profiler.web.proxy import SamplerProxy
from buildbot_profiler.web.websocket import BrowserSide, SamplerSide, join

REQUEST = (
    b"GET /profiler/api/v1/recordings/a%2Fb%20c?format=x&y=%26 HTTP/1.1\r\nHost: master.example\r\nAccept: */*\r\n"
    b"Cookie: TWISTED_SESSION=secret\r\nAuthorization: Bearer secret\r\nX-Forwarded-For: me\r\nConnection: close\r\n"
)
UPGRADE = b"Upgrade: websocket\r\nSec-WebSocket-Key: abc\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"


class Conversation(protocol.Protocol):
    """Keeps what it hears; answers once it has heard the end of a request's head."""

    answer = b""
    closes = True

    def on_data(self):
        pass

    def connectionMade(self):
        self.heard = b""
        self.ended = defer.Deferred()

    def dataReceived(self, data):
        self.heard += data
        self.on_data()
        if self.answer and b"\r\n\r\n" in self.heard:
            answer, self.answer = self.answer, b""
            self.transport.write(answer)
            if self.closes:
                self.transport.loseConnection()

    def connectionLost(self, reason=protocol.connectionDone):
        self.ended.callback(self.heard)


class Access:
    refusal = None
    actions = ()

    def check(self, request, action):
        self.actions += (action,)
        return defer.succeed(None) if self.refusal is None else defer.fail(self.refusal)


class PlayedSampler:
    socket = None
    problem = None


class ProxyTests(unittest.TestCase):
    def setUp(self):
        self.sampler = PlayedSampler()
        self.access = Access()
        self.upstreams = []
        plugin, api, root = Resource(), Resource(), Resource()
        root.putChild(b"profiler", plugin)
        plugin.putChild(b"api", api)
        self.clock = task.Clock()
        api.putChild(b"v1", SamplerProxy(self.sampler, self.access, self.clock))
        site = server.Site(root)
        site.noisy = False
        self.port = reactor.listenTCP(0, site, interface="127.0.0.1")
        self.addCleanup(self.port.stopListening)

    def on_question(self):
        """Called when the sampler hears something."""

    def listen(self, answer, closes=True):
        factory = protocol.Factory()
        factory.noisy = False

        def build(_address):
            upstream = Conversation()
            upstream.answer, upstream.closes = answer, closes
            upstream.on_data = self.on_question
            self.upstreams.append(upstream)
            return upstream

        factory.buildProtocol = build
        # The path of a trial's own folder may be too long for a socket.
        self.sampler.socket = os.path.relpath(os.path.join(self.mktemp() + ".sock"))
        os.makedirs(os.path.dirname(self.sampler.socket), exist_ok=True)
        listener = reactor.listenUNIX(self.sampler.socket, factory)
        self.addCleanup(listener.stopListening)

    @defer.inlineCallbacks
    def ask(self, head=REQUEST):
        factory = protocol.Factory.forProtocol(Conversation)
        factory.noisy = False
        browser = yield TCP4ClientEndpoint(reactor, "127.0.0.1", self.port.getHost().port).connect(factory)
        browser.transport.write(head + b"\r\n")
        answer = yield browser.ended
        return answer

    @defer.inlineCallbacks
    def test_the_sampler_sees_the_address_and_no_cookies_nor_what_logs_in(self):
        self.listen(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\nhello")
        answer = yield self.ask()
        seen = self.upstreams[0].heard
        self.assertTrue(seen.startswith(b"GET /api/v1/recordings/a%2Fb%20c?format=x&y=%26 HTTP/1.1\r\n"), seen)
        self.assertNotIn(b"secret", seen)
        self.assertNotIn(b"master.example", seen)
        self.assertNotIn(b"X-Forwarded", seen)
        self.assertTrue(answer.endswith(b"\r\n\r\nhello"), answer)
        self.assertIn(b"cache-control: no-store", answer.lower())

    @defer.inlineCallbacks
    def test_an_answer_that_breaks_off_breaks_off_for_the_browser_too(self):
        self.listen(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        answer = yield self.ask()
        # In chunks, as they come: an end in order would be one of length 0.
        self.assertNotIn(b"0\r\n\r\n", answer)

    def live(self, more=UPGRADE):
        return REQUEST.replace(b"recordings/a%2Fb%20c", b"live") + more

    @defer.inlineCallbacks
    def test_a_websocket_is_piped_with_no_cookies_and_no_extensions(self):
        self.listen(b"HTTP/1.1 101 Switching Protocols\r\n\r\nframes")
        answer = yield self.ask(self.live())
        seen = self.upstreams[0].heard
        self.assertIn(b"sec-websocket-key: abc\r\n", seen)
        self.assertNotIn(b"secret", seen)
        self.assertNotIn(b"permessage", seen)
        self.assertEqual(answer, b"HTTP/1.1 101 Switching Protocols\r\n\r\nframes")

    @defer.inlineCallbacks
    def test_who_is_refused_never_reaches_the_sampler(self):
        self.listen(b"HTTP/1.1 200 OK\r\n\r\n")
        self.access.refusal = Error(403, b"not you")
        for head in (REQUEST, REQUEST + UPGRADE, REQUEST.replace(b"GET", b"DELETE")):
            answer = yield self.ask(head)
            self.assertTrue(answer.startswith(b"HTTP/1.1 403 "), answer)
        self.assertEqual(self.upstreams, [])
        self.assertEqual(self.access.actions, ("get", "get", "control"))

    @defer.inlineCallbacks
    def test_says_that_the_sampler_is_away_or_not_there_yet(self):
        answer = yield self.ask()
        self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer)
        self.assertIn(b"retry-after: ", answer.lower())
        self.sampler.problem = "there is no Node"
        answer = yield self.ask()
        self.assertTrue(answer.startswith(b"HTTP/1.1 502 "), answer)
        self.assertIn(b"There is no Node", answer)
        self.sampler.socket = "gone.sock"
        for head in (REQUEST, REQUEST + UPGRADE):
            answer = yield self.ask(head)
            self.assertTrue(answer.startswith(b"HTTP/1.1 502 "), answer)
            self.assertIn(b'"sampler-failed"', answer)

    @defer.inlineCallbacks
    def test_refuses_an_address_that_cannot_be_passed_on(self):
        self.listen(b"HTTP/1.1 200 OK\r\n\r\n")
        bad = REQUEST.replace(b"format=x", b"format=\xff")
        for head in (bad, bad.replace(b"recordings/a%2Fb%20c", b"live") + UPGRADE):
            answer = yield self.ask(head)
            self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
            self.assertIn(b'"bad-argument"', answer)
        self.assertEqual(self.upstreams, [])

    @defer.inlineCallbacks
    def test_gives_up_a_sampler_whose_answer_does_not_begin(self):
        self.listen(b"")
        self.on_question = lambda: self.clock.advance(30)
        answer = yield self.ask()
        self.assertTrue(answer.startswith(b"HTTP/1.1 504 "), answer)
        self.assertIn(b'"sampler-failed"', answer)
        yield self.upstreams[0].ended

    @defer.inlineCallbacks
    def test_knows_no_other_methods(self):
        answer = yield self.ask(REQUEST.replace(b"GET", b"PUT"))
        self.assertTrue(answer.startswith(b"HTTP/1.1 404 "), answer)
        self.assertIn(b'"not-found"', answer)

    @defer.inlineCallbacks
    def test_takes_over_only_the_live_path_and_only_what_reads(self):
        self.listen(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        for head in (REQUEST + UPGRADE, self.live().replace(b"GET", b"POST")):
            answer = yield self.ask(head)
            self.assertTrue(answer.endswith(b"hello"), answer)
            # As the web server passes it on, which asks for no upgrade.
            self.assertNotIn(b"upgrade", self.upstreams[-1].heard.lower())

    @defer.inlineCallbacks
    def test_passes_on_a_refusal_of_the_sampler_and_closes(self):
        refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello"
        self.listen(refusal, closes=False)
        answer = yield self.ask(self.live(UPGRADE + b"\r\nGET /api/v1/recordings HTTP/1.1\r\n"))
        self.assertEqual(answer, refusal)
        heard = yield self.upstreams[0].ended
        self.assertNotIn(b"recordings", heard)


class PlayedConnection(StringTransport):
    is_aborted = False

    def abortConnection(self):
        self.is_aborted = True


class WebsocketTests(unittest.TestCase):
    def setUp(self):
        self.clock = task.Clock()
        self.browser, self.sampler = BrowserSide(self.clock), SamplerSide()
        for side in (self.browser, self.sampler):
            side.makeConnection(PlayedConnection())
        join(self.browser, self.sampler)

    def test_holds_back_what_the_browser_says_until_the_sampler_has_agreed(self):
        self.browser.dataReceived(b"early ")
        self.sampler.dataReceived(b"HTTP/1.1 101 Switching")
        self.assertEqual(self.sampler.transport.value(), b"")
        self.sampler.dataReceived(b" Protocols\r\n\r\nframe")
        self.browser.dataReceived(b"late")
        self.assertEqual(self.sampler.transport.value(), b"early late")
        self.assertEqual(self.browser.transport.value(), b"HTTP/1.1 101 Switching Protocols\r\n\r\nframe")

    def test_tells_the_sampler_nothing_that_has_refused(self):
        self.browser.dataReceived(b"early ")
        self.sampler.dataReceived(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nno")
        self.assertFalse(self.sampler.transport.disconnecting)
        self.sampler.dataReceived(b"!!")
        self.browser.dataReceived(b"late")
        self.assertEqual(self.sampler.transport.value(), b"")
        self.assertTrue(self.browser.transport.value().endswith(b"\r\n\r\nno!!"))
        self.assertTrue(self.sampler.transport.disconnecting)

    def test_holds_back_no_more_than_its_limit(self):
        self.browser.dataReceived(b"x" * 70000)
        self.assertTrue(self.browser.transport.is_aborted)

    def test_lets_go_of_a_browser_that_does_not_take_the_last_bytes(self):
        self.sampler.connectionLost()
        self.assertTrue(self.browser.transport.disconnecting)
        self.clock.advance(9)
        self.assertFalse(self.browser.transport.is_aborted)
        self.clock.advance(1)
        self.assertTrue(self.browser.transport.is_aborted)

    def test_waits_for_nothing_once_both_are_gone(self):
        self.sampler.connectionLost()
        self.browser.connectionLost()
        self.assertEqual(self.clock.getDelayedCalls(), [])
