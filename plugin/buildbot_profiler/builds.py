"""Follows the builds of a master and their steps, for the events of its recordings."""

import calendar
import datetime

from twisted.internet import defer
from twisted.python import log

RESULTS = ("success", "warnings", "failure", "skipped", "exception", "retry", "cancelled")
DEFAULT_WANTED_BUILDS = 100
# Names that are kept; a master with more builders asks for some of them again.
MAX_NAMES = 10000
MILLISECONDS = 1000
# Of one message: the sampler passes over lines of more than some megabytes.
EVENTS_PER_MESSAGE = 200


class BuildFollower:
    """Tells a sampler the last builds once, by three queries, and each that begins or ends from then on by the message queue."""

    def __init__(self, master, sampler):
        self._master = master
        self._sampler = sampler
        self._wanted = None
        self._consumers = []
        self._names = {"builders": {}, "workers": {}}
        # Each waits until what was read before it has been told: no step comes before its build, no end before the start.
        self._turn = defer.DeferredLock()
        sampler.on_start.append(self._tell_all)

    @defer.inlineCallbacks
    def follow(self, wanted=None):
        """May be called again: a number takes the place of the one before, and to have none wished for changes nothing."""
        is_new = self._wanted is None
        if wanted is None:
            wanted = DEFAULT_WANTED_BUILDS if is_new else self._wanted
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if is_new:
            try:
                yield self._start_consuming()
            except Exception:
                # Half of the news would be worse than none; whoever asks next tries again.
                self.stop()
                raise
        self._tell_all()

    @defer.inlineCallbacks
    def _start_consuming(self):
        consumers = self._consumers = []
        for key, take in (
            (("builds", None, "new"), self._take_build),
            (("builds", None, "finished"), self._take_build),
            (("steps", None, "started"), self._take_step),
            (("steps", None, "finished"), self._take_step),
        ):
            consumer = yield self._master.mq.startConsuming(take, key)
            if consumers is not self._consumers:
                # Stopped meanwhile.
                consumer.stopConsuming()
                return
            consumers.append(consumer)

    def stop(self):
        """Done before it can wait for anything, so that nothing is told after it."""
        consumers, self._consumers = self._consumers, []
        self._wanted = None
        for consumer in consumers:
            consumer.stopConsuming()

    def _tell_all(self):
        if self._wanted is None:
            return
        self._sampler.send({"kind": "keep-builds", "count": self._wanted})
        if self._wanted > 0:
            self._turn.run(self._tell_last_builds).addErrback(log.err, "profiler: the last builds could not be asked for")

    @defer.inlineCallbacks
    def _tell_last_builds(self):
        builders = yield self._master.data.get(("builders",), fields=["builderid", "name"])
        self._names["builders"] = {row["builderid"]: row["name"] for row in builders[:MAX_NAMES]}
        workers = yield self._master.data.get(("workers",), fields=["workerid", "name"])
        self._names["workers"] = {row["workerid"]: row["name"] for row in workers[:MAX_NAMES]}
        builds = yield self._master.data.get(("builds",), order=["-buildid"], limit=self._wanted)
        events = []
        for build in reversed(builds):
            if self._is_ours(build):
                event = yield self._build_event(build)
                events.append(event)
        self._send(events)

    def _send(self, events):
        if self._wanted is None:
            return
        starts = range(0, len(events), EVENTS_PER_MESSAGE)
        self._sampler.send(*({"kind": "builds", "events": events[start : start + EVENTS_PER_MESSAGE]} for start in starts))

    def _is_ours(self, build):
        """Several masters may share the database; those of another did not run in this process."""
        return build.get("started_at") is not None and build.get("masterid") in (None, self._master.masterid)

    def _take_build(self, key, build):
        if self._is_ours(build):
            self._tell(self._build_event, build)

    def _take_step(self, key, step):
        if step.get("started_at") is not None:
            self._tell(self._step_event, step)

    def _tell(self, form_event, row):
        told = self._turn.run(lambda: defer.maybeDeferred(form_event, row).addCallback(lambda event: self._send([event])))
        told.addErrback(log.err, "profiler: a build could not be told")

    @defer.inlineCallbacks
    def _build_event(self, build):
        builder = yield self._name_of("builders", build.get("builderid"))
        worker = yield self._name_of("workers", build.get("workerid"))
        event = {
            "kind": "build",
            "id": build["buildid"],
            "number": build["number"],
            "builder": builder,
            "worker": worker,
        }
        event.update(_times(build))
        return event

    def _step_event(self, step):
        event = {"kind": "step", "id": step["stepid"], "buildId": step["buildid"], "name": step["name"]}
        event.update(_times(step))
        return event

    @defer.inlineCallbacks
    def _name_of(self, kind, identifier):
        if identifier is None:
            return ""
        names = self._names[kind]
        if identifier not in names:
            row = yield self._master.data.get((kind, identifier))
            if len(names) >= MAX_NAMES:
                names.clear()
            names[identifier] = "" if row is None else row["name"]
        return names[identifier]


def _times(row):
    times = {"startedAt": _milliseconds(row["started_at"])}
    if row.get("complete_at") is not None:
        times["endedAt"] = _milliseconds(row["complete_at"])
    results = row.get("results")
    if isinstance(results, int) and 0 <= results < len(RESULTS):
        times["result"] = RESULTS[results]
    return times


def _milliseconds(moment):
    """Of what Buildbot has for a time: seconds since 1970 or a datetime, both whole seconds; naive ones are UTC."""
    if not isinstance(moment, datetime.datetime):
        return int(moment * MILLISECONDS)
    return calendar.timegm(moment.utctimetuple()) * MILLISECONDS


_FOLLOWER = "_profiler_build_follower"


def follower_of(master, sampler):
    """The one follower of a sampler."""
    follower = getattr(sampler, _FOLLOWER, None)
    if follower is None:
        follower = BuildFollower(master, sampler)
        setattr(sampler, _FOLLOWER, follower)
    return follower
