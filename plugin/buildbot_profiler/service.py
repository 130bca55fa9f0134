"""ProfilerService: records a master day and night, without a UI."""

import math
import os

from buildbot import config
from buildbot.util.service import BuildbotService
from twisted.internet import defer

from buildbot_profiler.builds import follower_of
from buildbot_profiler.sampler import sampler_of

# As which it uses the sampler.
USER = "service"
MODES = ("virtual", "real", "prof")
MIN_FREQUENCY = 1
MAX_FREQUENCY = 10000
MAX_GATHER_PERIOD = 24 * 60 * 60
MAX_WANTED_BUILDS = 10000
# Of seconds and bytes; what the sampler's language still counts one by one.
MAX_LIMIT = 2**53


class ProfilerService(BuildbotService):
    """Writes a trace of each gather period to a file `<basepath><ISO time>.bbprof.gz`.

    The last four arguments are optional and have no default: the path of a Node to run the sampler with, the age in seconds and the total size
    in bytes from which on the oldest files are deleted, and the free bytes that the disk is to keep.
    """

    name = "ProfilerService"

    def checkConfig(
        self,
        frequency=100,
        gatherperiod=30 * 60,
        mode="virtual",
        basepath=None,
        wantBuilds=100,
        runtime=None,
        maxAge=None,
        maxTotalSize=None,
        minFreeDisk=None,
    ):
        if mode not in MODES:
            config.error("ProfilerService: mode has to be one of {}, not {!r}".format(", ".join(MODES), mode))
        _check_number("frequency", frequency, MIN_FREQUENCY, MAX_FREQUENCY)
        _check_number("gatherperiod", gatherperiod, 1, MAX_GATHER_PERIOD)
        _check_number("wantBuilds", wantBuilds, 0, MAX_WANTED_BUILDS, "an integer", int)
        for name, value in (("maxAge", maxAge), ("maxTotalSize", maxTotalSize), ("minFreeDisk", minFreeDisk)):
            if value is not None:
                _check_number(name, value, 1, MAX_LIMIT)
        for name, value in (("basepath", basepath), ("runtime", runtime)):
            if value is not None and not (isinstance(value, str) and value):
                config.error("ProfilerService: {} has to be a path, not {!r}".format(name, value))

    @defer.inlineCallbacks
    def reconfigService(
        self,
        frequency=100,
        gatherperiod=30 * 60,
        mode="virtual",
        basepath=None,
        wantBuilds=100,
        runtime=None,
        maxAge=None,
        maxTotalSize=None,
        minFreeDisk=None,
    ):
        settings = {
            "frequencyHz": frequency,
            "periodSeconds": gatherperiod,
            "mode": mode,
            "basepath": basepath or os.path.join(self.master.basedir, "prof_"),
            "maximumAgeSeconds": maxAge,
            "maximumTotalBytes": maxTotalSize,
            "minimumFreeBytes": minFreeDisk,
        }
        sampler = sampler_of(self.master)
        sampler.attach(USER, runtime)
        sampler.set_service({name: value for name, value in settings.items() if value is not None})
        yield follower_of(self.master, sampler).follow(wantBuilds)

    @defer.inlineCallbacks
    def stopService(self):
        sampler = sampler_of(self.master)
        sampler.set_service(None)
        if sampler.is_used_only_by(USER):
            follower_of(self.master, sampler).stop()
        yield sampler.detach(USER)
        yield super().stopService()


def _check_number(name, value, least, most, kind="a number", types=(int, float)):
    is_number = isinstance(value, types) and not isinstance(value, bool)
    # An integer may be too large to ask whether it is finite.
    if not (is_number and least <= value <= most and math.isfinite(value)):
        wanted = "{} from {}".format(kind, least) + ("" if most == MAX_LIMIT else " to {}".format(most))
        config.error("ProfilerService: {} has to be {}, not {!r}".format(name, wanted, value))
