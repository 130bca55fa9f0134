"""What the viewer without Node says of its arguments."""

import contextlib
import io
import os
import socket

from twisted.trial import unittest

from buildbot_profiler import viewer


class PortTests(unittest.TestCase):
    def say(self, *arguments):
        """Exit code, and what was said."""
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            try:
                code = viewer.view(list(arguments))
            except SystemExit as ended:
                code = ended.code
        return code, said.getvalue()

    def test_says_what_is_wrong_with_one_that_is_none(self):
        for port in ("abc", "-1", "65536", "8080.5", ""):
            code, said = self.say("--port=" + port)
            self.assertEqual(code, 2)
            self.assertIn("is no whole number from 0 to 65535", said)

    def test_says_so_too_where_the_environment_has_it(self):
        self.patch(os, "environ", dict(os.environ, PORT="abc"))
        code, said = self.say()
        self.assertEqual(code, 2)
        self.assertIn("'abc' is no whole number", said)

    def test_says_that_somebody_else_listens_there(self):
        with socket.socket() as taken:
            taken.bind((viewer.LOOPBACK, 0))
            taken.listen()
            code, said = self.say("--port", str(taken.getsockname()[1]))
        self.assertEqual(code, 10)
        self.assertIn("cannot be listened on", said)
