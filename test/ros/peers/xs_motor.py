"""The motors of a WidowX 250 as Interbotix's driver knows them: modes, registers, profiles."""

import math
import time

HOME = {
    "waist": -0.018,
    "shoulder": 0.04,
    "elbow": 0.222,
    "forearm_roll": -0.005,
    "wrist_angle": 1.365,
    "wrist_rotate": 0.002,
}
LIMITS = {
    "waist": (-math.pi, math.pi),
    "shoulder": (-1.885, 1.990),
    "elbow": (-2.147, 1.606),
    "forearm_roll": (-math.pi, math.pi),
    "wrist_angle": (-1.745, 2.147),
    "wrist_rotate": (-math.pi, math.pi),
    "left_finger": (0.015, 0.037),
}
HORN_RADIUS, ARM_LENGTH = 0.014, 0.024
POSITION_MODES = ("position", "ext_position", "current_based_position", "linear_position")
PERIOD = 0.01


def horn_angle(distance):
    """Of the gripper's motor, for a distance between the fingers."""
    half = distance / 2
    cosine = (HORN_RADIUS**2 + half**2 - ARM_LENGTH**2) / (2 * HORN_RADIUS * half)
    return math.pi / 2 - math.acos(cosine)


def finger_position(angle):
    a1 = HORN_RADIUS * math.sin(angle)
    c = math.sqrt(HORN_RADIUS**2 - a1**2)
    return a1 + math.sqrt(ARM_LENGTH**2 - c**2)


class Motor:
    def __init__(self, position, mode, profile_type, registers):
        self.position = position
        self.mode = mode
        self.profile_type = profile_type
        self.registers = dict(registers)
        self.torque_drops = 0
        self.commanded = 0
        self.rate = 0.0
        self.move = (position, position, 0.0)

    def command(self, value):
        self.commanded += 1
        if self.mode in POSITION_MODES:
            goal = horn_angle(value) if self.mode == "linear_position" else value
            self.move = (self.position, goal, time.monotonic())
        elif self.mode == "velocity":
            self.rate = value
        else:
            self.rate = value / 885  # as good as any for a duty

    def update(self):
        if not self.registers["Torque_Enable"]:
            self.move = (self.position, self.position, 0.0)
            return
        if self.mode not in POSITION_MODES:
            self.position += self.rate * PERIOD
            return
        start, goal, since = self.move
        duration = self.registers["Profile_Velocity"] / 1000
        done = 1.0 if duration == 0 else min(1.0, (time.monotonic() - since) / duration)
        self.position = start + (goal - start) * done

    def state(self):
        return {
            "mode": self.mode,
            "profile_type": self.profile_type,
            "position": self.position,
            "torque_drops": self.torque_drops,
            "commanded": self.commanded,
            **self.registers,
        }
