"""Rules 1 and 2 of judge.py, and the ranges of rule 4: how the commands of a stream move."""

import numpy as np
from tolerances import FINGER_SHARE, NOISE_RAD, REST_SPEED, TINY, TINY_JERK
from trace_file import GONE, PROCESS


class MotionRules:
    """Judges a stream by itself; part of `Judge`."""

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
