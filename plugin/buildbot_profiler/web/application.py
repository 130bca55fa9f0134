"""The plugin as Buildbot sees it."""

from buildbot.www.plugin import Application
from twisted.python import log
from twisted.web.resource import Resource

from buildbot_profiler.builds import follower_of
from buildbot_profiler.sampler import sampler_of
from buildbot_profiler.web.access import AccessControl
from buildbot_profiler.web.proxy import SamplerProxy
from buildbot_profiler.web.ui import UiResource

# As which it uses the sampler.
USER = "web"
PACKAGE = "buildbot_profiler"


class ProfilerApplication(Application):
    """One for the whole process; Buildbot tells it its master twice at the start and at every reconfiguration."""

    def __init__(self):
        super().__init__(PACKAGE, "Buildbot profiler")
        self.master = None
        self.resource = UiResource(self.static_dir)
        # A master that has not configured the plugin does not serve this either.
        self.api = Resource()
        self.resource.putChild(b"api", self.api)

    def setMaster(self, master):
        if master is self.master:
            return
        super().setMaster(master)
        sampler = sampler_of(master)
        sampler.attach(USER)
        self.api.putChild(b"v1", SamplerProxy(sampler, AccessControl(master)))
        follower_of(master, sampler).follow().addErrback(log.err, "profiler: the builds cannot be followed")
