"""The door into Buildbot: registers the profiler with a master, starts its sampler and pipes the page to it. No profiling happens here.

A master imports the plugins of every installed package when it starts, configured or not, and does not start if one fails to import. So what
is imported here stays small, and what goes wrong is told when somebody configures it.
"""

from buildbot_profiler.version import VERSION

__version__ = VERSION


def _load_application():
    try:
        from buildbot_profiler.web.application import ProfilerApplication

        return ProfilerApplication()
    except Exception as error:  # A version of Buildbot that nobody has foreseen.
        from buildbot_profiler.web.placeholder import BrokenApplication

        return BrokenApplication(error)


def __getattr__(name):
    """The entry point `ep`, on demand: the command line imports this package too, where there is no Buildbot."""
    if name != "ep":
        raise AttributeError(name)
    global ep
    ep = _load_application()
    return ep
