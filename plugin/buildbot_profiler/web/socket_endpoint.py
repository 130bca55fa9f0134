"""How the sampler's socket is connected to."""

from twisted.internet import reactor
from twisted.internet.endpoints import UNIXClientEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint
from zope.interface import implementer

CONNECT_TIMEOUT_SECONDS = 5


@implementer(IStreamClientEndpoint)
class SocketEndpoint:
    """A UNIX socket; that it was connected to is no news for the master's log."""

    def __init__(self, path):
        self._endpoint = UNIXClientEndpoint(reactor, path, timeout=CONNECT_TIMEOUT_SECONDS)

    def connect(self, factory):
        factory.noisy = False
        return self._endpoint.connect(factory)
