#!/usr/bin/env python3
"""Judges what a controller sent to an arm, by positions alone.

    judge.py --arm widowx TRACE [--first N] [--json FILE]

TRACE is a file of 64-bit numbers that `st4vla bench --parts safety --trace` writes, described in
core/control/fuzz/TraceRecord.ts: for each period what was sent, and where the arm truly was. Nothing
that the controller says of itself is in it, and no code is shared with the controller: limits come
from limits.json beside this file, geometry from the URDF, everything else from differences of positions.

Rules, for the commands that one process sends period by period (a stream):
 1. The n-th difference of positions over dt^n is a mean of the n-th derivative, so it keeps to the
    limits of velocity (at the speed that the operator asked for), acceleration and jerk; the finger's
    to velocity and acceleration.
 2. A stream begins at rest and ends at rest: near its ends positions differ by no more than a motion
    from (to) rest can have come. Where the process ends, its stream may end in motion.
 3. It begins where the arm truly is, or was within the time that joint states may be late. Where
    others had the arm, or the process is new, the arm has also rested. Where it goes on after a
    silence, the way over the silence is possible from rest to rest within the limits.
 4. Joints within their ranges, links away from each other, the table and the end of the workspace. What
    is outside when a stream begins, because the arm is, never gets worse from one command to the next.
 5. Where others give the arm back, no command asks for more than the arm can do from where it is.
    (A motion that began less than 0.9 s before, on an arm that does not follow, cannot know; counted.)

Exits with 0 without violations, 1 with some, 2 where the trace cannot be judged.
"""

import argparse
import json
import sys
from collections import Counter

import numpy as np

from arm import Arm

MAGIC, VERSION = 574787223, 1
SENT, EPISODE, PROCESS, LISTENS, GONE = 1, 2, 4, 8, 16

# Rounding: positions have 53 bits, so third differences over dt^3 are good to 1e-8 of a unit.
TINY, TINY_JERK, TINY_ROOM = 1e-9, 1e-6, 1e-6
# A speed at which an arm rests, rad/s: what rounding leaves of a braking motion.
REST_SPEED = 1e-6
# Joint states are stale after 0.25 s; two periods more until a command is there.
KNOWN_SEC = 0.3
# Before a new stream the arm rests for 0.1 s within the last 0.5 s: moves by less than 0.02 rad.
LOOKED_AT_SEC, REST_SEC, REST_RAD = 0.5, 0.1, 0.02
# A stream begins so near to the arm: noise and quanta of encoders; lag and sag of an arm that holds.
NOISE_RAD, LAG_RAD = 0.03, 0.1
# Fingers may hold something; share of the stroke.
FINGER_SHARE = 0.15
# Where noise puts the beginning nearer to something than the arm is, m (0.03 rad at 0.7 m).
NEARER_M = 0.02
# An arm that is handed back; what may go unnoticed while commands move and the arm does not, rad.
HANDED_BACK_PERIODS, FOLLOWING_RAD = 3, 0.3
# More than that is known after so long: the arm's own delay, the patience with it, late joint states.
NOTICED_SEC = 0.9


class Judge:
    """Counts violations by kind, and how near to each limit the commands came."""

    def __init__(self, arm, dt, seed, keep=40):
        self.arm, self.dt, self.seed, self.keep = arm, dt, seed, keep
        self.counts, self.first = Counter(), []
        self.shares = {}
        self.periods = self.commands = self.streams = self.processes = self.handovers = 0
        self.unnoticed = 0
        self.known, self.looked = round(KNOWN_SEC / dt), round(LOOKED_AT_SEC / dt)
        # so long after the operator asked for less the arm may still be slowing down
        slowing = arm.velocity / arm.acceleration + 2 * arm.acceleration / arm.jerk
        finger = arm.finger_velocity / arm.finger_acceleration
        self.slowing = round((max(slowing.max(), finger) + 0.2) / dt)

    def fail(self, kind, period, detail):
        self.counts[kind] += 1
        if len(self.first) < self.keep:
            where = f"seed {self.seed:g}, episode {self.episode}, period {period}"
            self.first.append(f"{where}: {kind}: {detail}")

    def fails(self, kind, periods, values):
        """One violation per row of `bad` values: (rows,) periods and (rows, …) values."""
        for period, value in zip(periods, values):
            self.fail(kind, int(period), np.array2string(np.asarray(value), precision=4))

    def compare(self, kind, periods, values, most, tiny):
        """Values (rows, joints) against limits (joints,) or (rows, joints); notes the largest share."""
        if len(values) == 0:
            return
        # with infinities and values that are no numbers a comparison is false, and so it is bad
        bad = ~(np.abs(values) <= most + tiny)
        share = np.max(np.abs(values) / np.broadcast_to(most, values.shape), initial=0)
        self.shares[kind] = max(self.shares.get(kind, 0), float(share))
        rows = np.flatnonzero(bad.any(axis=1))
        self.fails(kind, np.asarray(periods)[rows], values[rows])

    def judge(self, episode, records):
        """One episode: (periods, columns)."""
        n = self.arm.size
        self.episode = episode
        self.flags = records[:, 1].astype(int)
        self.scale = records[:, 2]
        self.command, self.truth = records[:, 3 : 4 + n], records[:, 4 + n :]
        sent = (self.flags & SENT) != 0
        numbers = np.isfinite(self.command).all(axis=1)
        self.fails("not a number", np.flatnonzero(sent & ~numbers), self.command[sent & ~numbers])
        self.fails("sent, and not said so", np.flatnonzero(~sent & numbers), self.command[~sent & numbers])
        self.periods += len(records)
        self.commands += int(sent.sum())
        self.processes += 1 + int(((self.flags & PROCESS) != 0).sum())
        previous_end = None
        streams = self.streams_of(sent & numbers)
        for begin, end in streams:
            self.streams += 1
            self.judge_stream(begin, end)
            self.judge_place(begin, previous_end)
            previous_end = end - 1
        self.judge_rooms(streams)
        self.judge_handovers(sent & numbers)

    def streams_of(self, sent):
        """First and last (exclusive) period of each stream."""
        new = (self.flags & PROCESS) != 0
        begins = sent & (np.concatenate([[True], ~sent[:-1]]) | new)
        ends = sent & (np.concatenate([~sent[1:], [True]]) | np.concatenate([new[1:], [True]]))
        return list(zip(np.flatnonzero(begins), np.flatnonzero(ends) + 1))

    def judge_stream(self, begin, end):
        arm, dt, n = self.arm, self.dt, self.arm.size
        q = self.command[begin:end]
        joints, finger = q[:, :n], q[:, n:]
        scale = self.asked_speed(begin, end)[1:, None]
        periods = np.arange(begin, end)
        velocity, finger_velocity = np.diff(joints, axis=0) / dt, np.diff(finger, axis=0) / dt
        self.compare("velocity", periods[1:], velocity, arm.velocity * scale, TINY * 100)
        acceleration = np.diff(joints, 2, axis=0) / dt**2
        self.compare("acceleration", periods[2:], acceleration, arm.acceleration, TINY_JERK)
        jerk = np.diff(joints, 3, axis=0) / dt**3
        self.compare("jerk", periods[3:], jerk, arm.jerk, TINY_JERK * 10)
        most = np.array([arm.finger_velocity]) * scale
        self.compare("gripper velocity", periods[1:], finger_velocity, most, TINY * 100)
        acceleration = np.diff(finger, 2, axis=0) / dt**2
        most = np.array([arm.finger_acceleration])
        self.compare("gripper acceleration", periods[2:], acceleration, most, TINY_JERK)
        self.judge_begin(begin, q)
        gone = end < len(self.flags) and (self.flags[end] & (GONE | PROCESS)) != 0
        if end < len(self.flags) and not gone:
            self.judge_end(end, q)
        self.judge_inside(begin, periods, joints, finger)

    def asked_speed(self, begin, end):
        """Share of the full speed: the greatest that was asked for while the arm may slow down."""
        from_ = max(0, begin - self.slowing)
        scale = self.scale[from_:end]
        padded = np.concatenate([np.full(self.slowing, scale[0]), scale])
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.slowing + 1)
        return windows.max(axis=1)[begin - from_ :]

    def judge_begin(self, begin, q):
        """At rest one period before the first command, which is for the end of its period."""
        n, dt, arm = self.arm.size, self.dt, self.arm
        for m in range(1, min(6, len(q))):
            way = np.abs(q[m] - q[0])
            most = np.append(
                arm.jerk * (((m + 1) * dt) ** 3 - dt**3) / 6,
                arm.finger_acceleration * (((m + 1) * dt) ** 2 - dt**2) / 2,
            )
            if not (way <= most + TINY).all():
                self.fail("begins in motion", begin + m, np.array2string(way, precision=4))
                return

    def judge_end(self, end, q):
        arm, dt = self.arm, self.dt
        for m in range(1, min(6, len(q))):
            way = np.abs(q[-1] - q[-1 - m])
            most = np.append(arm.jerk * (m * dt) ** 3 / 6, arm.finger_acceleration * (m * dt) ** 2 / 2)
            if not (way <= most + REST_SPEED * m * dt).all():
                self.fail("falls silent in motion", end, np.array2string(way, precision=4))
                return

    def window(self, period, periods):
        """Least and greatest true positions of the periods up to this one."""
        truth = self.truth[max(0, period - periods) : period + 1]
        return truth.min(axis=0), truth.max(axis=0)

    def judge_place(self, begin, previous_end):
        """Rule 3; `previous_end` is the last period of the stream before, if there is one."""
        arm, n = self.arm, self.arm.size
        command = self.command[begin]
        since = 0 if previous_end is None else previous_end + 1
        fresh = previous_end is None or ((self.flags[since : begin + 1] & PROCESS) != 0).any()
        moved = ((self.flags[since : begin + 1] & LISTENS) == 0).any()
        low, high = self.window(begin, self.known)
        off = np.maximum(0, np.maximum(low - command, command - high))
        most = np.full(n + 1, NOISE_RAD if fresh or moved else LAG_RAD)
        most[n] = FINGER_SHARE * (arm.finger_upper - arm.finger_lower)
        if not fresh and self.finger_holds(begin, previous_end, moved, most[n]):
            most[n] = np.inf
        if not (off <= most).all():
            self.fail("begins away from the arm", begin, np.array2string(off, precision=4))
        if (fresh or moved) and not self.rested(begin):
            self.fail("begins while the arm is moved", begin, np.array2string(high - low, precision=4))
        if not fresh and not moved:
            self.judge_way(begin, previous_end)

    def finger_holds(self, begin, previous_end, moved, share):
        """A finger that something keeps from where it was told to be goes on being told the same."""
        if not moved:
            return True
        finger = self.truth[min(begin, previous_end + self.known) : begin + 1, -1]
        first_step = self.arm.finger_acceleration * self.dt**2 / 2 + TINY
        same = abs(self.command[begin, -1] - self.command[previous_end, -1]) <= first_step
        return same and np.ptp(finger) <= share

    def rested(self, begin):
        truth = self.truth[max(0, begin - self.looked + 1) : begin + 1, : self.arm.size]
        count = round(REST_SEC / self.dt)
        if len(truth) <= count:
            return True
        windows = np.lib.stride_tricks.sliding_window_view(truth, count, axis=0)
        return (np.ptp(windows, axis=-1).max(axis=1) <= REST_RAD).any()

    def judge_way(self, begin, previous_end):
        """The way over a silence, from rest to rest: what velocity, acceleration and jerk allow."""
        arm, time = self.arm, (begin - previous_end) * self.dt
        way = np.abs(self.command[begin] - self.command[previous_end])
        by_jerk = np.append(arm.jerk * time**3 / 32, np.inf)
        by_acceleration = np.append(arm.acceleration, arm.finger_acceleration) * time**2 / 4
        by_velocity = np.append(arm.velocity, arm.finger_velocity) * time
        most = np.minimum(by_jerk, np.minimum(by_acceleration, by_velocity))
        if not (way <= most + TINY).all():
            detail = f"{np.array2string(way, precision=4)} in {time:.2f} s"
            self.fail("jumps over a silence", begin, detail)

    def judge_inside(self, begin, periods, joints, finger):
        """Ranges of joints, and the finger's stroke; what is outside must not get worse."""
        arm, n = self.arm, self.arm.size
        low, high = self.window(begin, self.known)
        sides = (
            ("position", joints, arm.lower, arm.upper, slice(0, n), NOISE_RAD),
            (
                "gripper position",
                finger,
                arm.finger_lower,
                arm.finger_upper,
                slice(n, n + 1),
                FINGER_SHARE * (arm.finger_upper - arm.finger_lower),
            ),
        )
        for kind, q, lower, upper, columns, noise in sides:
            excess = np.maximum(0, np.maximum(lower - q, q - upper))
            of_arm = np.maximum(0, np.maximum(lower - low[columns], high[columns] - upper))
            allowed = np.concatenate([[of_arm + noise], excess[:-1]])
            rows = np.flatnonzero((excess > allowed + TINY).any(axis=1))
            self.fails(kind, periods[rows], q[rows])

    def judge_rooms(self, streams):
        """Of all streams of an episode at once; a command like the one before has the same rooms."""
        if len(streams) == 0:
            return
        n = self.arm.size
        joints = self.command[:, :n]
        in_stream = np.zeros(len(joints), bool)
        begins = np.zeros(len(joints), bool)
        for begin, end in streams:
            in_stream[begin:end] = True
            begins[begin] = True
        changed = in_stream.copy()
        changed[1:] &= begins[1:] | (joints[1:] != joints[:-1]).any(axis=1)
        periods = np.flatnonzero(changed)
        rooms = self.rooms_of(joints[changed])
        self.shares["least room, m"] = min(self.shares.get("least room, m", 1), float(rooms.min()))
        first = begins[changed]
        places = [self.truth[begins, :n], self.truth[np.maximum(0, periods[first] - self.known), :n]]
        allowed = np.concatenate([rooms[:1], rooms[:-1]])
        allowed[first] = np.min([self.rooms_of(place) for place in places], axis=0) - NEARER_M
        allowed = np.minimum(0, allowed)
        bad = ~(rooms >= allowed - TINY_ROOM)
        for row, column in zip(*np.nonzero(bad)):
            name = self.arm.room_names[column]
            kind = "too near" if column < len(self.arm.room_names) - 1 else "leaves the workspace"
            detail = f"{name}: {rooms[row, column]:.5f} m, was {allowed[row, column]:.5f}"
            self.fail(kind, int(periods[row]), detail)

    def rooms_of(self, q, block=500):
        return np.concatenate([self.arm.rooms(q[k : k + block]) for k in range(0, len(q), block)])

    def judge_handovers(self, sent):
        """Rule 5."""
        listens = (self.flags & LISTENS) != 0
        n = self.arm.size
        for period in np.flatnonzero(listens[1:] & ~listens[:-1]) + 1:
            self.handovers += 1
            low, high = (side[:n] for side in self.window(period, self.known))
            before = slice(max(0, period - self.looked), period)
            moved = self.command[before, :n][sent[before]]
            still = len(moved) == 0 or np.ptp(moved, axis=0).max() < 1e-6 * self.looked
            tolerance = NOISE_RAD if still else FOLLOWING_RAD
            if not still and 0 < self.away(period, sent, listens) * self.dt <= NOTICED_SEC:
                self.unnoticed += 1
                continue
            for later in range(period, min(period + self.known + 1, len(sent))):
                if not listens[later]:
                    break
                if not sent[later]:
                    continue
                q = self.command[later, :n]
                off = np.maximum(0, np.maximum(low - q, q - high))
                time = (later - period + HANDED_BACK_PERIODS) * self.dt
                if not (off <= tolerance + self.arm.velocity * time).all():
                    detail = np.array2string(off, precision=4)
                    self.fail("takes back an arm that was handed over", later, detail)

    def away(self, period, sent, listens):
        """For how many periods commands have been too far from an arm that does not follow them."""
        n = self.arm.size
        for count in range(period):
            k = period - 1 - count
            low, high = (side[:n] for side in self.window(k, self.known))
            off = np.maximum(0, np.maximum(low - self.command[k, :n], self.command[k, :n] - high))
            if listens[k] or not sent[k] or not (off > FOLLOWING_RAD).any():
                return count
        return period

    def report(self):
        return {
            "periods": self.periods,
            "commands": self.commands,
            "streams": self.streams,
            "processes": self.processes,
            "handovers": self.handovers,
            "handovers that could not be noticed": self.unnoticed,
            "violations": sum(self.counts.values()),
            "kinds": dict(self.counts.most_common()),
            "largest share of a limit": {k: round(v, 4) for k, v in sorted(self.shares.items())},
            "first": self.first,
        }


def read_trace(path, arm):
    """Records (periods, columns), their period in s, the seed. Raises ValueError where it is no trace."""
    values = np.memmap(path, dtype="<f8", mode="r")
    columns = 3 + 2 * (arm.size + 1)
    if len(values) < columns or values[0] != MAGIC or values[1] != VERSION:
        raise ValueError(f"{path}: expected a trace of version {VERSION}, found something else")
    if values[2] != arm.size + 1:
        raise ValueError(f"{path}: expected {arm.size + 1} joints, found {values[2]:g}")
    if len(values) % columns != 0:
        raise ValueError(f"{path}: expected whole records of {columns} numbers, the last one is cut")
    records = values.reshape(-1, columns)
    return records[1:], float(values[3]), float(values[4])


def judge_trace(arm, records, dt, seed, keep=40, first_episode=0):
    judge = Judge(arm, dt, seed, keep)
    begins = np.flatnonzero((records[:, 1].astype(int) & EPISODE) != 0)
    if len(begins) == 0 or begins[0] != 0:
        raise ValueError("trace: expected the first record to begin an episode")
    for number, (begin, end) in enumerate(zip(begins, np.append(begins[1:], len(records)))):
        judge.judge(first_episode + number, np.array(records[begin:end]))
    return judge.report()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("trace")
    parser.add_argument("--arm", required=True)
    parser.add_argument("--first", type=int, default=40, help="violations to print")
    parser.add_argument("--first-episode", type=int, default=0, help="number of the first episode")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    options = parser.parse_args()
    try:
        arm = Arm(options.arm)
        records, dt, seed = read_trace(options.trace, arm)
        report = judge_trace(arm, records, dt, seed, options.first, options.first_episode)
    except (OSError, ValueError) as error:
        print(f"judge.py: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report))
    else:
        for key, value in report.items():
            print(f"{key}: {value}" if key != "first" else "\n".join(value))
    return 1 if report["violations"] > 0 else 0


if __name__ == "__main__":
    sys.exit(main())
