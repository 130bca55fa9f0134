"""Who may do what, by the rules of Buildbot's own Authz."""

from buildbot.www.auth import NoAuth
from buildbot.www.authz.authz import Authz
from buildbot.www.authz.endpointmatchers import AnyControlEndpointMatcher, AnyEndpointMatcher
from buildbot.www.authz.roles import RolesFromEmails
from twisted.internet import defer
from twisted.trial import unittest
from twisted.web.error import Error

from buildbot_profiler.web.access import CONTROL, VIEW, AccessControl, ProfilerEndpointMatcher

NOBODY = {"anonymous": True}
ADMIN = {"email": "admin@example.org"}
# Has logged in and has no role.
GUEST = {"email": "guest@example.org"}


class PlayedRequest:
    def __init__(self, user, **headers):
        self.user = user
        self.headers = headers

    def getHeader(self, name):
        return self.headers.get(name.decode("ascii"))


class PlayedWww:
    def __init__(self, auth, authz):
        self.auth = auth
        self.authz = authz

    def getUserInfos(self, request):
        return request.user

    def assertUserAllowed(self, request, ep, action, options):
        return self.authz.assertUserAllowed(ep, action, options, request.user)


class PlayedMaster:
    def __init__(self):
        self.config = self
        self.buildbotURL = "http://localhost:8010/"


class AccessTests(unittest.TestCase):
    def configure(self, *rules, auth=object):
        self.master = PlayedMaster()
        authz = Authz(allowRules=list(rules), roleMatchers=[RolesFromEmails(admins=[ADMIN["email"]])])
        self.master.www = PlayedWww(auth(), authz)
        authz.setMaster(self.master)

    def may(self, user, action):
        asked = AccessControl(self.master).check(PlayedRequest(user), action)
        outcome = []
        asked.addCallbacks(lambda _nothing: outcome.append(True), lambda failure: outcome.append(not failure.trap(Error)))
        return outcome[0]

    def who_may(self, action):
        return [name for name, user in (("nobody", NOBODY), ("guest", GUEST), ("admin", ADMIN)) if self.may(user, action)]

    def test_without_rules_those_who_have_logged_in_may_do_both(self):
        self.configure()
        self.assertEqual(self.who_may(VIEW), ["guest", "admin"])
        self.assertEqual(self.who_may(CONTROL), ["guest", "admin"])

    def test_a_rule_for_everybody_is_for_those_who_have_logged_in_too(self):
        self.configure(
            ProfilerEndpointMatcher(role="admins", action=CONTROL),
            ProfilerEndpointMatcher(action=VIEW, anonymous=True),
        )
        self.assertEqual(self.who_may(VIEW), ["nobody", "guest", "admin"])
        self.assertEqual(self.who_may(CONTROL), ["admin"])

    def test_a_rule_without_a_role_asks_for_no_role(self):
        self.configure(ProfilerEndpointMatcher())
        self.assertEqual(self.who_may(VIEW), ["guest", "admin"])
        self.assertEqual(self.who_may(CONTROL), ["guest", "admin"])

    def test_the_first_rule_that_matches_decides(self):
        everybody = ProfilerEndpointMatcher(anonymous=True)
        self.configure(AnyControlEndpointMatcher(role="admins"), everybody)
        self.assertEqual(self.who_may(VIEW), ["nobody", "guest", "admin"])
        self.assertEqual(self.who_may(CONTROL), ["admin"])
        self.configure(everybody, AnyEndpointMatcher(role="admins"))
        self.assertEqual(self.who_may(CONTROL), ["nobody", "guest", "admin"])

    def test_a_rule_that_does_not_deny_leaves_it_to_the_next(self):
        self.configure(
            AnyEndpointMatcher(role="admins", defaultDeny=False), ProfilerEndpointMatcher(action=VIEW, anonymous=True)
        )
        self.assertEqual(self.who_may(VIEW), ["nobody", "guest", "admin"])

    def test_where_nobody_can_log_in_everybody_may_what_no_role_is_asked_for(self):
        self.configure(ProfilerEndpointMatcher(action=VIEW), AnyControlEndpointMatcher(role="admins"), auth=NoAuth)
        self.assertTrue(self.may(NOBODY, VIEW))
        self.assertFalse(self.may(NOBODY, CONTROL))

    def test_a_rule_that_cannot_be_asked_lets_nobody_in(self):
        rule = ProfilerEndpointMatcher(anonymous=True)
        self.patch(rule, "match", lambda ep, action, options: defer.fail(Error(500, b"broken")))
        self.configure(rule)
        self.assertEqual(self.who_may(VIEW), [])


class OriginTests(unittest.TestCase):
    def setUp(self):
        self.master = PlayedMaster()
        self.www_settings = {}
        authz = Authz()
        self.master.www = PlayedWww(NoAuth(), authz)
        authz.setMaster(self.master)

    def may_control(self, origin, **headers):
        config = self.master.config = PlayedMaster()
        config.buildbotURL, config.www = self.master.buildbotURL, self.www_settings
        request = PlayedRequest(NOBODY, origin=origin, **headers)
        asked = AccessControl(self.master).check(request, CONTROL)
        outcome = []
        asked.addCallbacks(lambda _nothing: outcome.append(True), lambda failure: outcome.append(not failure.trap(Error)))
        return outcome[0]

    def test_only_a_page_of_the_masters_own_address_may_change_anything(self):
        self.assertTrue(self.may_control(b"http://localhost:8010"))
        self.assertTrue(self.may_control(b"HTTP://LOCALHOST:8010"))
        self.assertTrue(self.may_control(None))
        for origin in (b"http://localhost", b"https://localhost:8010", b"http://localhost:8010.evil.example", b"null"):
            self.assertFalse(self.may_control(origin), origin)

    def test_a_name_that_was_made_to_point_here_is_not_the_masters(self):
        self.assertFalse(self.may_control(b"http://evil.example:8010", host=b"evil.example:8010"))

    def test_the_port_that_everybody_takes_is_no_part_of_an_origin(self):
        self.master.buildbotURL = "https://Builds.Example:443/buildbot/"
        self.assertTrue(self.may_control(b"https://builds.example"))
        self.master.buildbotURL = "http://builds.example:80/"
        self.assertTrue(self.may_control(b"http://builds.example"))

    def test_origins_that_the_configuration_allows_take_the_place_of_the_masters_own(self):
        self.www_settings = {"allowed_origins": ["https://*.example"]}
        self.assertTrue(self.may_control(b"https://a.example"))
        self.assertFalse(self.may_control(b"http://localhost:8010"))
