"""What stands in for the plugin in a version of Buildbot that it does not fit: the master has to start all the same."""

from twisted.python import log
from twisted.web import resource

from buildbot_profiler.runtime import STATIC_FOLDER
from buildbot_profiler.version import VERSION


class BrokenApplication:
    """Has what Buildbot asks of a plugin, and says what is wrong to whoever configures it."""

    description = "Buildbot profiler (does not fit this version of Buildbot)"
    version = VERSION
    static_dir = STATIC_FOLDER
    ui = True

    def __init__(self, error):
        self.resource = resource.Resource()
        self._error = error

    def setMaster(self, master):
        log.err(self._error, "profiler: the plugin does not fit this version of Buildbot; there is no Profiler tab")

    def setConfiguration(self, config):
        self.config = config
