"""Joints and shapes of a URDF, and distances between segments, for `arm.py`. numpy only."""

import numpy as np

WIDEST_M = 0.08


def numbers(text, default):
    return np.array([float(x) for x in text.split()]) if text else np.array(default, float)


def turn(axis, angle):
    """Rotation matrices (N, 3, 3) about a unit axis by angles (N,), by Rodrigues' formula."""
    x, y, z = axis
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.asarray(angle, float)[:, None, None]
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * (cross @ cross)


def origin(element):
    """Rotation and position of an <origin>: roll, pitch, yaw about fixed axes."""
    found = element.find("origin")
    xyz = numbers(found.get("xyz") if found is not None else None, [0, 0, 0])
    rpy = numbers(found.get("rpy") if found is not None else None, [0, 0, 0])
    about = [turn(axis, [angle])[0] for axis, angle in zip(np.eye(3), rpy)]
    return about[2] @ about[1] @ about[0], xyz


class Joint:
    def __init__(self, element):
        self.name = element.get("name")
        self.kind = element.get("type")
        self.parent = element.find("parent").get("link")
        self.child = element.find("child").get("link")
        self.rotation, self.position = origin(element)
        axis = element.find("axis")
        self.axis = numbers(axis.get("xyz") if axis is not None else None, [1, 0, 0])
        limit = element.find("limit")
        if limit is not None:
            self.lower, self.upper = float(limit.get("lower", 0)), float(limit.get("upper", 0))
            self.velocity = float(limit.get("velocity"))
        mimic = element.find("mimic")
        self.mimic = mimic is not None and (
            float(mimic.get("multiplier", 1)),
            float(mimic.get("offset", 0)),
        )


class Shape:
    """A box (size), a cylinder (radius, length along z) or a sphere, in the frame of its body."""

    def __init__(self, collision, rotation, position):
        own_rotation, own_position = origin(collision)
        self.rotation = rotation @ own_rotation
        self.position = rotation @ own_position + position
        geometry = collision.find("geometry")[0]
        self.kind = geometry.tag
        if self.kind == "box":
            self.half = numbers(geometry.get("size"), []) / 2
        elif self.kind == "cylinder":
            self.radius, self.half = float(geometry.get("radius")), float(geometry.get("length")) / 2
        elif self.kind == "sphere":
            self.radius = float(geometry.get("radius"))
        else:
            raise ValueError(f"collision shape: expected box, cylinder or sphere, found {self.kind}")

    def reach(self, up):
        """How far it extends from its centre along directions (N, 3) of its own frame."""
        if self.kind == "sphere":
            return np.full(len(up), self.radius)
        if self.kind == "box":
            return np.abs(up) @ self.half
        across = np.sqrt(np.maximum(0, 1 - up[:, 2] ** 2))
        return np.abs(up[:, 2]) * self.half + across * self.radius

    def capsules(self):
        """Ends (2, 3) in the body's frame, and radius, of capsules that together hold the shape."""
        place = lambda point: self.rotation @ point + self.position
        if self.kind == "sphere":
            return [(np.array([place(np.zeros(3))] * 2), self.radius)]
        if self.kind == "cylinder":
            half, radius = smallest_capsule(self.radius, self.half)
            ends = [np.array([0, 0, -half]), np.array([0, 0, half])]
            return [(np.array([place(end) for end in ends]), radius)]
        long = int(np.argmax(self.half))
        parts = [1 if k == long else int(np.ceil(2 * h / WIDEST_M)) for k, h in enumerate(self.half)]
        part_half = self.half / parts
        across = np.sqrt(sum(part_half[k] ** 2 for k in range(3) if k != long))
        half, radius = smallest_capsule(across, self.half[long])
        found = []
        for index in np.ndindex(*parts):
            middle = (2 * np.array(index) + 1) * part_half - self.half
            way = np.zeros(3)
            way[long] = half
            found.append((np.array([place(middle - way), place(middle + way)]), radius))
        return found


def smallest_capsule(across, along):
    """Of least volume among those whose segment is 0/20 … 20/20 of the body's half length `along`."""
    halves = along * np.arange(21) / 20
    radii = np.hypot(across, along - halves)
    best = int(np.argmin(radii**2 * (2 * halves + 4 / 3 * radii)))
    return halves[best], radii[best]


def to_segment(point, start, end):
    """Distances (N,) of points to segments, each (N, 3)."""
    way = end - start
    length = np.einsum("ni,ni->n", way, way)
    share = np.einsum("ni,ni->n", point - start, way) / np.where(length > 0, length, 1)
    nearest = start + np.clip(share, 0, 1)[:, None] * way
    return np.linalg.norm(point - nearest, axis=1)


def between_segments(a, b, c, d):
    """Distances (N,) of segments a–b and c–d: at an end of one of them, or inside both."""
    ends = [to_segment(a, c, d), to_segment(b, c, d), to_segment(c, a, b), to_segment(d, a, b)]
    least = np.min(ends, axis=0)
    u, v, w = b - a, d - c, a - c
    uu, uv, vv = (np.einsum("ni,ni->n", x, y) for x, y in ((u, u), (u, v), (v, v)))
    uw, vw = np.einsum("ni,ni->n", u, w), np.einsum("ni,ni->n", v, w)
    det = uu * vv - uv * uv
    crossing = det > 1e-12 * uu * vv
    safe = np.where(crossing, det, 1)
    s, t = (uv * vw - vv * uw) / safe, (uu * vw - uv * uw) / safe
    inside = crossing & (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
    apart = np.linalg.norm(w + s[:, None] * u - t[:, None] * v, axis=1)
    return np.where(inside, np.minimum(least, apart), least)
