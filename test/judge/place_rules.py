"""Rules 3 and 5 of judge.py: where commands begin, and what an arm that is handed back is asked for."""

import numpy as np
from tolerances import (
    FINGER_SHARE,
    FOLLOWING_RAD,
    HANDED_BACK_PERIODS,
    LAG_RAD,
    NOISE_RAD,
    NOTICED_SEC,
    REST_RAD,
    REST_SEC,
    TINY,
)
from trace_file import LISTENS, PROCESS


class PlaceRules:
    """Judges commands against where the arm truly is; part of `Judge`."""

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
