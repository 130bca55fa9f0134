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
    def __init__(self, user):
        self.user = user

    def getHeader(self, _name):
        return None


class PlayedWww:
    def __init__(self, auth, authz):
        self.auth = auth
        self.authz = authz

    def getUserInfos(self, request):
        return request.user

    def assertUserAllowed(self, request, ep, action, options):
        return self.authz.assertUserAllowed(ep, action, options, request.user)


class PlayedMaster:
    pass


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
