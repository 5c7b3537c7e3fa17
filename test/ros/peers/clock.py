"""The time of a peer, and messages that come late, twice or out of order."""

import time

from messages import fill, load


class PeerClock:
    """What a peer knows of time; part of `Peer`."""

    def do_clock(self, jump=0.0, paused=False):
        """Publishes /clock, which everything that is sent is then stamped with."""
        if self.clock is None:
            self.clock = {"now": 1000.0, "last": time.monotonic(), "paused": False}
            kind = load("rosgraph_msgs/msg/Clock")
            publisher = self.publisher("/clock", "rosgraph_msgs/msg/Clock", "reliable")

            def tick():
                if not self.clock["paused"]:
                    publisher.publish(fill(kind(), {"clock": self.now()}))

            self.streams["/clock"] = (self.timer(0.01, tick), [0])
        self.now()
        self.clock["now"] += jump
        self.clock["paused"] = paused

    def timer(self, period, callback):
        """By a clock that is never set back."""
        return self.node.create_timer(period, callback, clock=self.steady_clock)

    def delivery(self, publisher, how):
        """How messages arrive: `late` (seconds after their stamp), `twice`, and every other one with a
        stamp of this many seconds before (`disorder`)."""
        count = [0]

        def send(message):
            count[0] += 1
            late = how.get("late", 0.0) + (how.get("disorder", 0.0) if count[0] % 2 == 0 else 0.0)
            stamped = self.stamped(message, late)
            for _ in range(2 if how.get("twice") else 1):
                publisher.publish(stamped)

        return send

    def now(self):
        """The time that messages are stamped with."""
        seconds = time.time()
        if self.clock is not None:
            passed = time.monotonic() - self.clock["last"]
            self.clock["last"] += passed
            self.clock["now"] += 0.0 if self.clock["paused"] else passed
            seconds = self.clock["now"]
        return {"sec": int(seconds), "nanosec": int(seconds % 1 * 1e9)}

    def now_ns(self):
        now = self.now()
        return now["sec"] * 10**9 + now["nanosec"]

    def stamped(self, message, late=0.0):
        if hasattr(message, "header"):
            nanoseconds = self.now_ns() - int(late * 1e9)
            stamp = {"sec": nanoseconds // 10**9, "nanosec": nanoseconds % 10**9}
            fill(message.header, {"stamp": stamp})
        return message

    def given_stamp(self, message, fields, late=0.0):
        """Keeps the stamp that the test gave."""
        return message if "stamp" in fields.get("header", {}) else self.stamped(message, late)
