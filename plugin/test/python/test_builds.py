"""What a sampler is told of the builds."""

from twisted.internet import defer
from twisted.trial import unittest

from buildbot_profiler.builds import BuildFollower


def build(number, complete_at=None):
    return {
        "buildid": number,
        "number": number,
        "builderid": 1,
        "workerid": 1,
        "masterid": 1,
        "started_at": 1000,
        "complete_at": complete_at,
        "results": None if complete_at is None else 0,
    }


class PlayedMaster:
    """Its own data and message queue; a query is answered at once unless it is held up."""

    masterid = 1

    def __init__(self):
        self.data = self.mq = self
        self.rows = []
        self.takers = {}
        self.held = {}

    def get(self, path, **_query):
        if path in self.held:
            return self.held[path]
        if path == ("builds",):
            return defer.succeed(list(reversed(self.rows)))
        return defer.succeed([] if len(path) == 1 else {"name": "{}-{}".format(*path)})

    def stopConsuming(self):
        self.takers.clear()

    def startConsuming(self, take, key):
        self.takers[key] = take
        return defer.succeed(self)

    def tell(self, kind, event, row):
        self.takers[(kind, None, event)](None, row)


class PlayedSampler:
    def __init__(self):
        self.on_start = []
        self.told = []

    def send(self, *messages):
        self.told.extend(messages)

    def events(self):
        return [event for message in self.told for event in message.get("events", ())]


class BuildFollowerTests(unittest.TestCase):
    def setUp(self):
        self.master = PlayedMaster()
        self.sampler = PlayedSampler()
        self.follower = BuildFollower(self.master, self.sampler)

    def test_tells_many_builds_in_messages_of_some_of_them(self):
        self.master.rows = [build(number) for number in range(450)]
        self.successResultOf(self.follower.follow(450))
        sizes = [len(message["events"]) for message in self.sampler.told if message["kind"] == "builds"]
        self.assertEqual(sizes, [200, 200, 50])
        self.assertEqual([event["id"] for event in self.sampler.events()], list(range(450)))

    def test_tells_of_a_build_what_was_read_first_before_what_came_later(self):
        self.master.rows = [build(7)]
        workers = self.master.held[("workers",)] = defer.Deferred()
        self.successResultOf(self.follower.follow())
        self.master.tell("builds", "finished", build(7, complete_at=1001))
        self.assertEqual(self.sampler.events(), [])
        workers.callback([])
        self.assertEqual([event.get("endedAt") for event in self.sampler.events()], [None, 1001000])

    def test_tells_no_step_before_its_build(self):
        self.successResultOf(self.follower.follow())
        name = self.master.held[("builders", 1)] = defer.Deferred()
        self.master.tell("builds", "new", build(7))
        step = {"stepid": 9, "buildid": 7, "name": "compile", "started_at": 1000}
        self.master.tell("steps", "started", step)
        name.callback({"name": "linux"})
        self.assertEqual([event["kind"] for event in self.sampler.events()], ["build", "step"])

    def test_follows_all_or_nothing_and_may_be_asked_again(self):
        def refuse(take, key):
            return defer.fail(ValueError("no queue")) if key[0] == "steps" else PlayedMaster.startConsuming(self.master, take, key)

        self.patch(self.master, "startConsuming", refuse)
        self.failureResultOf(self.follower.follow(), ValueError)
        self.assertEqual(self.master.takers, {})
        del self.master.startConsuming
        self.successResultOf(self.follower.follow())
        self.assertEqual(len(self.master.takers), 4)

    def test_leaves_no_consumer_behind_where_it_is_stopped_while_it_begins(self):
        waiting = defer.Deferred()
        self.patch(self.master, "startConsuming", lambda _take, _key: waiting)
        self.follower.follow()
        self.follower.stop()
        stopped = []
        consumer = PlayedMaster()
        consumer.stopConsuming = lambda: stopped.append(True)
        waiting.callback(consumer)
        self.assertEqual(stopped, [True])
        self.assertEqual(self.sampler.told, [])

    def test_tells_nothing_any_more_once_it_has_stopped(self):
        self.successResultOf(self.follower.follow())
        name = self.master.held[("builders", 1)] = defer.Deferred()
        self.master.tell("builds", "new", build(7))
        self.follower.stop()
        name.callback({"name": "linux"})
        self.assertEqual(self.sampler.events(), [])
