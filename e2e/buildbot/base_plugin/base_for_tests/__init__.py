"""Stands in for Buildbot's own UI, which Debian does not have: a master with `www` needs a plugin of this name, and mounts others beside it."""

from buildbot.www.plugin import Application

ep = Application(__name__, "stands in for Buildbot's own pages")
