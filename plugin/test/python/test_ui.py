"""How the page and its files are served."""

from twisted.trial import unittest

from buildbot_profiler.web.ui import HASHED_NAME, page_policy


class PagePolicyTests(unittest.TestCase):
    def test_names_the_host_for_websockets(self):
        for host in (b"master.example", b"localhost:8010", b"127.0.0.1:8010", b"[::1]:8010"):
            self.assertIn(b"connect-src 'self' ws://" + host + b" wss://" + host + b";", page_policy(host, None))

    def test_leaves_out_what_is_no_host(self):
        for host in (b"", b"a; script-src *", b"a b", b"a,b", b"*", b"a'", b"[::1", b"a:80:80", b"a\n", b"x" + b"\xe4"):
            self.assertIn(b"connect-src 'self';", page_policy(host, None))
            self.assertIn(b"script-src 'self';", page_policy(host, None))


class HashedNameTests(unittest.TestCase):
    def test_are_those_that_the_build_gives(self):
        for name in ("main-QYIUIYM3.js", "chunk-hDmLCVIi.js", "chunk-a_3-d5Fg.js", "styles-LDQYJTB3.css"):
            self.assertTrue(HASHED_NAME.search(name), name)
        for name in ("nvd3.js", "scripts.js", "styles.css", "index.html", "page.js"):
            self.assertFalse(HASHED_NAME.search(name), name)
