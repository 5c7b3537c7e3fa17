"""The rule of ros2_control's joint_trajectory_controller, with `interpolate_from_desired_state`."""

PERIOD_NS = 10_000_000
# Updates that a jump of the clock would ask for are left out.
MAX_UPDATES = 100


def nanoseconds(stamp):
    return stamp.sec * 10**9 + stamp.nanosec


class TrajectoryController:
    """A joint that follows the newest trajectory, 100 updates a second: each commands where that is a
    period later. The way to its first point begins at the last command, as if that had been for the
    time at which it was made; where that point is in the past, only the trajectory counts."""

    def __init__(self, name, position):
        self.name = name
        self.position, self.velocity = position, 0.0
        self.points = []
        self.stamp_ns = 0
        self.is_new = False
        self.last_ns = None

    def take(self, trajectory, now_ns):
        """Refuses one that has ended, as the controller does."""
        if self.name not in trajectory.joint_names:
            return
        self.update(now_ns)
        stamp_ns = nanoseconds(trajectory.header.stamp)
        if stamp_ns and stamp_ns + nanoseconds(trajectory.points[-1].time_from_start) < now_ns:
            return
        i = trajectory.joint_names.index(self.name)
        self.points = [
            (
                nanoseconds(point.time_from_start),
                point.positions[i],
                point.velocities[i] if len(point.velocities) else None,
            )
            for point in trajectory.points
        ]
        self.stamp_ns, self.is_new = stamp_ns, True

    def update(self, now_ns):
        """Makes the updates that are due."""
        if self.last_ns is None or not 0 <= now_ns - self.last_ns <= MAX_UPDATES * PERIOD_NS:
            self.last_ns = now_ns
        while self.last_ns + PERIOD_NS <= now_ns:
            self.step(self.last_ns + PERIOD_NS)

    def step(self, now_ns):
        if self.is_new:
            self.is_new = False
            self.before = (self.last_ns, self.position, self.velocity)
            self.start_ns = self.stamp_ns or now_ns
        self.last_ns = now_ns
        if self.points:
            self.position, self.velocity = self.sample(now_ns + PERIOD_NS)

    def sample(self, at_ns):
        start = self.before
        for after_ns, position, velocity in self.points:
            end = (self.start_ns + after_ns, position, velocity)
            if end[0] > at_ns:
                return between(start, end, at_ns)
            start = end
        return start[1], start[2] or 0.0


def between(start, end, at_ns):
    """The cubic with the positions and velocities of both ends, or the straight line."""
    (a_ns, p, u), (b_ns, q, v) = start, end
    total, t = (b_ns - a_ns) / 1e9, (at_ns - a_ns) / 1e9
    if u is None or v is None:
        return p + (q - p) * t / total, (q - p) / total
    square = (3 * (q - p) - (2 * u + v) * total) / total**2
    cube = (2 * (p - q) + (u + v) * total) / total**3
    return p + u * t + square * t**2 + cube * t**3, u + 2 * square * t + 3 * cube * t**2
