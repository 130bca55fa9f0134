"""What a configuration may say of the service."""

from buildbot.config import ConfigErrors
from twisted.trial import unittest

from buildbot_profiler.service import ProfilerService

INFINITE = float("inf")
NOT_A_NUMBER = float("nan")


class ServiceArgumentTests(unittest.TestCase):
    def check(self, **arguments):
        service = ProfilerService.__new__(ProfilerService)
        service.checkConfig(**arguments)

    def test_takes_what_the_sampler_takes(self):
        self.check()
        self.check(frequency=0.5 + 1, gatherperiod=0.5 + 1, wantBuilds=0, maxAge=1.5, maxTotalSize=10**12, minFreeDisk=1)

    def test_refuses_what_the_sampler_could_not_take(self):
        for name, values in (
            ("frequency", (0, 10001, INFINITE, NOT_A_NUMBER, True, "100")),
            ("gatherperiod", (0, INFINITE, NOT_A_NUMBER)),
            ("wantBuilds", (-1, 10.5, 10.0, True, NOT_A_NUMBER, None)),
            ("maxAge", (0, INFINITE, NOT_A_NUMBER, 10**400)),
            ("maxTotalSize", (0, INFINITE, NOT_A_NUMBER, 10**400)),
            ("minFreeDisk", (0, INFINITE, NOT_A_NUMBER, 10**400)),
        ):
            for value in values:
                failure = self.assertRaises(ConfigErrors, self.check, **{name: value})
                self.assertIn(name + " has to be ", failure.errors[0])
