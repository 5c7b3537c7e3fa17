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
from motion_rules import MotionRules
from place_rules import PlaceRules
from tolerances import KNOWN_SEC, LOOKED_AT_SEC, NEARER_M, TINY_ROOM
from trace_file import EPISODE, PROCESS, SENT, read_trace


class Judge(MotionRules, PlaceRules):
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
