"""An arm for the judge: its URDF, where its parts are, and what they come near to. numpy only.

Written from docs/motion.md and the URDF specification; shares no code with the controller. Arrays of
joint positions have the shape (N, n): N poses of n joints from base to tip, rad.
"""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
from geometry import Joint, Shape, between_segments, turn

HERE = Path(__file__).resolve().parent
FAR_M = 0.1


class Arm:
    """Limits and geometry of one arm; `rooms` tells how near it is to what it must keep away from."""

    def __init__(self, name, urdf_folder=HERE.parent.parent / "urdf"):
        tables = json.loads((HERE / "limits.json").read_text())
        if name not in tables or name == "source":
            known = ", ".join(key for key in tables if key != "source")
            raise ValueError(f"arm: expected one of {known}, found {name}")
        table = self.table = tables[name]
        root = ElementTree.parse(Path(urdf_folder) / table["urdf"]).getroot()
        self.links = {link.get("name"): link for link in root.findall("link")}
        self.joints = [Joint(joint) for joint in root.findall("joint")]
        by_name = {joint.name: joint for joint in self.joints}
        self.chain = [by_name[joint] for joint in table["joints"]]
        if any(joint.kind != "revolute" for joint in self.chain):
            raise ValueError("chain: expected turning joints only")
        narrower = [table["narrower"].get(j.name, (-np.inf, np.inf)) for j in self.chain]
        self.lower = np.array([max(j.lower, own[0]) for j, own in zip(self.chain, narrower)])
        self.upper = np.array([min(j.upper, own[1]) for j, own in zip(self.chain, narrower)])
        urdf_velocity = [joint.velocity for joint in self.chain]
        self.velocity = np.minimum(np.array(table["velocity"], float), urdf_velocity)
        self.acceleration = np.array(table["acceleration"], float)
        self.jerk = np.array(table["jerk"], float)
        finger = by_name[table["finger"]]
        stroke = sorted((table["closed"], table["open"]))
        self.finger_lower = max(finger.lower, stroke[0])
        self.finger_upper = min(finger.upper, stroke[1])
        self.finger_velocity = min(finger.velocity, table["finger_velocity"])
        self.finger_acceleration = float(table["finger_acceleration"])
        self._collect()

    @property
    def size(self):
        return len(self.chain)

    def _collect(self):
        """Shapes by body (0: the base; k: what moves with joint k), the fixed ways between, the tip."""
        self.shapes = [[] for _ in range(self.size + 1)]
        self.body_links = [None] * (self.size + 1)
        self.before = [None] * self.size
        self._visit(self.table["base"], 0, np.eye(3), np.zeros(3))
        self.capsules = [[c for shape in body for c in shape.capsules()] for body in self.shapes]
        skipped = {frozenset(pair) for pair in self.table["not_watched"]}
        present = [body for body in range(self.size + 1) if self.shapes[body]]
        self.pairs = [
            (first, second)
            for first in present
            for second in present
            if second >= first + 2
            and frozenset((self.body_links[first], self.body_links[second])) not in skipped
        ]
        self.packed = [
            capsules and tuple(np.array(part) for part in zip(*((*e, r) for e, r in capsules)))
            for capsules in self.capsules
        ]
        self.moving = [body for body in present if body > 0]
        names = self.body_links
        self.room_names = [f"{names[a]} and {names[b]}" for a, b in self.pairs]
        self.room_names += [f"{names[body]} above the table" for body in self.moving]
        self.room_names += ["end effector in its workspace"]

    def _visit(self, link, body, rotation, position):
        for collision in self.links[link].findall("collision"):
            self.shapes[body].append(Shape(collision, rotation, position))
            self.body_links[body] = self.body_links[body] or link
        if link == self.table["tip"]:
            self.tip = position
        for joint in self.joints:
            if joint.parent != link:
                continue
            there = rotation @ joint.rotation, rotation @ joint.position + position
            if joint in self.chain:
                index = self.chain.index(joint)
                self.before[index] = there
                self._visit(joint.child, index + 1, np.eye(3), np.zeros(3))
                continue
            for value in self._places(joint):
                moved = there
                if joint.kind == "prismatic":
                    moved = there[0], there[0] @ (joint.axis * value) + there[1]
                elif joint.kind != "fixed":
                    moved = there[0] @ turn(joint.axis, [value])[0], there[1]
                self._visit(joint.child, body, *moved)

    def _places(self, joint):
        """A finger counts where it is closed and where it is open; other joints where they are zero."""
        finger = self.table["finger"]
        if joint.name == finger or joint.mimic:
            multiplier, offset = joint.mimic or (1, 0)
            return [multiplier * self.table[end] + offset for end in ("closed", "open")]
        return [0]

    def frames(self, q):
        """Rotation (N, 3, 3) and position (N, 3) of each body in base axes, the base first."""
        count = len(q)
        rotation, position = np.broadcast_to(np.eye(3), (count, 3, 3)), np.zeros((count, 3))
        found = [(rotation, position)]
        for index, joint in enumerate(self.chain):
            fixed_rotation, fixed_position = self.before[index]
            position = position + rotation @ fixed_position
            rotation = rotation @ fixed_rotation @ turn(joint.axis, q[:, index])
            found.append((rotation, position))
        return found

    def rooms(self, q):
        """What is left (N, rooms) before each limit, m; negative where the arm is too near."""
        q = np.asarray(q, float)
        frames = self.frames(q)
        placed = [
            None if not capsules else place(frame, capsules)
            for frame, capsules in zip(frames, self.packed)
        ]
        columns = [
            self._distance(placed[first], placed[second]) - self.table["self_clearance"]
            for first, second in self.pairs
        ]
        for body in self.moving:
            columns.append(self._height(frames[body], self.shapes[body]) - self.table["table"])
        tip = frames[-1][1] + frames[-1][0] @ self.tip
        low, high = np.array(self.table["workspace"], float)
        outside = np.linalg.norm(tip - np.clip(tip, low, high), axis=1)
        columns.append(self.table["overshoot"] - outside)
        return np.stack(columns, axis=1)

    def _distance(self, one, other):
        """Least distance (N,) of the capsules of two bodies, at most FAR_M."""
        starts, ends, half, radius = one
        other_starts, other_ends, other_half, other_radius = other
        distance = np.full(len(starts), FAR_M)
        middles = (starts + ends)[:, :, None] - (other_starts + other_ends)[:, None]
        apart = np.linalg.norm(middles, axis=3) / 2
        reach = half[:, None] + other_half + radius[:, None] + other_radius
        row, a, b = np.nonzero(apart < reach + FAR_M)
        found = between_segments(
            starts[row, a], ends[row, a], other_starts[row, b], other_ends[row, b]
        )
        np.minimum.at(distance, row, found - radius[a] - other_radius[b])
        return distance

    def _height(self, frame, shapes):
        rotation, position = frame
        lowest = np.full(len(position), np.inf)
        for shape in shapes:
            centre = position[:, 2] + rotation[:, 2] @ shape.position
            lowest = np.minimum(lowest, centre - shape.reach(rotation[:, 2] @ shape.rotation))
        return lowest


def place(frame, capsules):
    """Ends (N, capsules, 3) in base axes, half lengths and radii (capsules,)."""
    rotation, position = frame
    starts, ends, radius = capsules
    half = np.linalg.norm(ends - starts, axis=1) / 2
    there = [position[:, None] + points @ rotation.transpose(0, 2, 1) for points in (starts, ends)]
    return *there, half, radius
