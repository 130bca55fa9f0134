"""Who may look at profiles, and who may record."""

import fnmatch
import re
from urllib.parse import urlparse

from buildbot.www.auth import NoAuth
from buildbot.www.authz.endpointmatchers import EndpointMatcherBase, Match
from twisted.internet import defer
from twisted.web.error import Error

ENDPOINT = "profiler"
# Looking, and what changes anything.
VIEW = "get"
CONTROL = "control"
FORBIDDEN = 403
ANY_ROLE = "*"
# What a browser leaves out of an origin.
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class ProfilerEndpointMatcher(EndpointMatcherBase):
    """A rule of `Authz(allowRules=[...])` for the profiler: who has `role` may do `action`, "get" or "control"; None means both.

    Without a role it lets all do it who have logged in, and with `anonymous=True` everybody.
    """

    def __init__(self, role=ANY_ROLE, action=None, anonymous=False, defaultDeny=True):
        super().__init__(role, defaultDeny=defaultDeny)
        self.action = action
        self.anonymous = anonymous

    def allows_without_role(self, is_anonymous):
        """Authz finds no role to compare with for those who have none, so that they would fail a rule for all."""
        return self.anonymous or (self.role == ANY_ROLE and not is_anonymous)

    def match(self, ep, action=VIEW, options=None):
        is_meant = tuple(ep) == (ENDPOINT,) and self.action in (None, action)
        return defer.succeed(Match(self.master) if is_meant else None)


class Refusal(Error):
    """With the code of the catalogue in docs/errors.md."""

    def __init__(self, code, message):
        super().__init__(FORBIDDEN, message)
        self.code = code


class AccessControl:
    """Asks the master, by its own rules and one more: where people log in, those who have not may do nothing unless a rule says so."""

    def __init__(self, master):
        self._master = master

    @defer.inlineCallbacks
    def check(self, request, action):
        """Raises what the master answers with where the user, or the page that asks, may not do this."""
        if action == CONTROL or request.getHeader(b"upgrade") is not None:
            self._check_origin(request)
        www = self._master.www
        # Where nobody can log in, nobody has to.
        is_anonymous = www.getUserInfos(request).get("anonymous", False) and not isinstance(www.auth, NoAuth)
        rules = getattr(www.authz, "allowRules", ())
        is_allowed = yield _allow_without_role(rules, action, is_anonymous)
        if is_allowed:
            return
        if is_anonymous:
            raise Refusal("unauthorized", b"log in to use the profiler")
        yield www.assertUserAllowed(request, (ENDPOINT,), action, {})

    def _check_origin(self, request):
        """A browser says which page asks. Programs that are no browsers send no Origin.

        The request's own Host tells nothing: a page elsewhere may make its own name point at this machine (DNS rebinding), and then both are that name.
        """
        origin = request.getHeader(b"origin")
        if origin is None:
            return
        origin = origin.decode("latin-1").lower()
        if not any(pattern.match(origin) for pattern in self._allowed_origins()):
            raise Refusal(
                "foreign-origin",
                b"a page at this address may not do this: the master's buildbotURL and its www.allowed_origins say which may",
            )

    def _allowed_origins(self):
        """As the master's own REST has them: from its configuration, else its own URL. Read anew, for they may be reconfigured."""
        configured = self._master.config.www.get("allowed_origins")
        if configured is None:
            configured = [_origin_of(self._master.config.buildbotURL)]
        return [re.compile(fnmatch.translate(origin.lower())) for origin in configured]


def _origin_of(address):
    """As a browser has it: without what logs in, and without the port that everybody takes."""
    url = urlparse(address.lower())
    host = url.netloc.rpartition("@")[2]
    port = DEFAULT_PORTS.get(url.scheme, "")
    if port and host.endswith(port):
        host = host[: -len(port)]
    return "{}://{}".format(url.scheme, host)


@defer.inlineCallbacks
def _allow_without_role(rules, action, is_anonymous):
    """Whether the rule that decides asks for no role: the first that matches, as in Authz, but for those that leave it to the next."""
    for rule in rules:
        match = yield rule.match((ENDPOINT,), action, {})
        if match is None:
            continue
        if isinstance(rule, ProfilerEndpointMatcher) and rule.allows_without_role(is_anonymous):
            return True
        if rule.defaultDeny:
            return False
    return False
