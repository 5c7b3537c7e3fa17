"""An arm, its driver, a policy and an operator that misbehave, over ROS; writes a trace for test/judge.

    hostile_arm.py --names waist,…,left_finger --home 0,…,0.03 --seconds 60 --seed 1 --out TRACE

The arm follows the newest message of forward_command_controller with a lag of its own. Joint states
come late, unevenly, out of order, and some not at all. Chunks are large, wild or malformed, from old
observations and other epochs. Services of the controller are called in motion; others move the arm
for a while. Lines on stdin say when the controller's process is gone and when another one begins:
`gone`, `process`. What is written is described in core/control/fuzz/TraceRecord.ts.
"""

import argparse
import random
import struct
import sys
import threading
import time

import rclpy
from rclpy.executors import MultiThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import JointState
from std_msgs.msg import Float64MultiArray, String
from std_srvs.srv import Trigger

from st4vla_ros.msg import ActionChunk, ExecutionState

DT = 0.02
MAGIC, VERSION = 574787223, 1
SENT, EPISODE, PROCESS, LISTENS, GONE = 1, 2, 4, 8, 16
# Commands that are further apart belong to two streams: a silence that is meant ends after 0.3 s of rest
# at the earliest, and a busy machine may deliver late by less.
SILENCE_SEC = 0.3
LATEST_SEC = 0.15
HORIZON = 16
LATCHED = QoSProfile(
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.TRANSIENT_LOCAL,
)


class HostileArm(Node):
    """Everything around a controller, drawn from a seed."""

    def __init__(self, options):
        super().__init__("hostile_arm")
        self.random = random.Random(options.seed)
        self.names = options.names.split(",")
        self.q = [float(x) for x in options.home.split(",")]
        self.home = list(self.q)
        self.share = self.random.uniform(0.3, 1.0)
        self.arm_commands, self.finger_commands = [], []
        self.truths, self.events = [], []
        self.late = []
        self.drift, self.drift_until, self.drift_since = None, 0.0, 0.0
        self.epoch, self.observation = 0, 0
        self.states = self.create_publisher(JointState, "joint_states", 10)
        self.chunks = self.create_publisher(ActionChunk, "action_chunk", 10)
        self.driver_faults = self.create_publisher(String, "driver_fault", LATCHED)
        self.create_subscription(
            Float64MultiArray, "forward_position_controller/commands", self.on_arm, 50
        )
        self.create_subscription(
            Float64MultiArray, "gripper_position_controller/commands", self.on_finger, 50
        )
        self.create_subscription(ExecutionState, "execution_state", self.on_state, 50)
        self.stoppers = [
            self.create_client(Trigger, f"controller/{name}") for name in ("stop", "reset")
        ]
        self.resume = self.create_client(Trigger, "controller/resume")
        self.create_timer(DT, self.step)
        self.create_timer(0.2, self.act)
        self.create_timer(1.0, self.operate)

    def on_arm(self, message):
        self.arm_commands.append((time.monotonic(), list(message.data)))

    def on_finger(self, message):
        self.finger_commands.append((time.monotonic(), float(message.data[0])))

    def on_state(self, message):
        self.epoch = message.epoch

    def step(self):
        """The arm moves for a period, and joint states go out as the network pleases."""
        now = time.monotonic()
        listens = now >= self.drift_until
        if listens:
            target = self.newest_command() or self.q
            self.q = [q + self.share * (t - q) for q, t in zip(self.q, target)]
        else:
            # From rest to rest along half a wave of the cosine.
            part = (now - self.drift_since) / (self.drift_until - self.drift_since)
            speed = min(1.0, max(0.0, 4 * part * (1 - part)))
            self.q = [q + DT * speed * d for q, d in zip(self.q, self.drift)]
        self.truths.append((now, list(self.q), listens))
        message = JointState(name=self.names, position=self.q)
        message.header.stamp = self.get_clock().now().to_msg()
        if self.random.random() > 0.03:
            self.late.append((now + self.random.uniform(0, LATEST_SEC), message))
        due = [entry for entry in self.late if entry[0] <= now]
        self.late = [entry for entry in self.late if entry[0] > now]
        for _, one in due:
            self.states.publish(one)

    def newest_command(self):
        if not self.arm_commands or not self.finger_commands:
            return None
        return self.arm_commands[-1][1] + [self.finger_commands[-1][1]]

    def act(self):
        """A chunk that no sound policy would send."""
        draw = self.random.uniform
        scale = draw(0, 1) ** 3
        row = [draw(-0.2, 0.2) * scale for _ in range(3)] + [draw(-2, 2) * scale for _ in range(3)]
        rows = []
        for _ in range(HORIZON):
            row = [x + draw(-0.02, 0.02) for x in row]
            rows += row + [self.random.choice([0.0, 1.0, draw(-1, 2)])]
        kind = self.random.random()
        if kind < 0.05:
            rows[self.random.randrange(len(rows))] = self.random.choice([float("nan"), 1e30])
        message = ActionChunk(control_period=0.2, horizon=HORIZON, dim=7, actions=rows)
        if kind > 0.95:
            message.horizon = self.random.randrange(40)
        self.observation += 1
        message.chunk_id = message.observation_id = self.observation
        message.epoch = self.epoch if kind < 0.9 else self.random.randrange(2**32)
        age = self.random.choice([0, 0, draw(0, 0.4), draw(-1, 60)])
        stamp = self.get_clock().now().nanoseconds - int(age * 1e9)
        message.header.stamp.sec, message.header.stamp.nanosec = divmod(max(0, stamp), 10**9)
        self.chunks.publish(message)

    def operate(self):
        """Stops, resets, resumes, faults of the driver, and hands on the arm."""
        draw = self.random.random()
        if draw < 0.25:
            self.call(self.random.choice(self.stoppers))
        elif draw < 0.32:
            self.driver_faults.publish(String(data="out of sorts"))
            self.driver_faults.publish(String(data=""))
        elif draw < 0.40 and time.monotonic() > self.drift_until + 3:
            self.drift = [self.random.uniform(-0.3, 0.3) for _ in self.q[:-1]] + [0.0]
            self.drift_since = time.monotonic()
            self.drift_until = self.drift_since + self.random.uniform(0.5, 2)
        self.call(self.resume)

    def call(self, client):
        if client.service_is_ready():
            client.call_async(Trigger.Request())

    def listen(self):
        for line in sys.stdin:
            self.events.append((time.monotonic(), line.strip()))


def periods_of(arm):
    """Periods with and without a command: time, command or None, whether a process began or is gone."""
    fingers = list(arm.finger_commands)
    rows, last = [], None
    events = list(arm.events)
    gone = False
    for at, joints in arm.arm_commands:
        begun = False
        while events and events[0][0] <= at:
            gone = events[0][1] == "gone"
            begun = begun or events[0][1] == "process"
            events.pop(0)
        # Both go out together, in order: the next one that is not long over belongs to this one.
        while fingers and fingers[0][0] < at - 0.1:
            fingers.pop(0)
        finger = fingers.pop(0)[1] if fingers else None
        if finger is None:
            break
        if last is not None and (at - last > SILENCE_SEC or begun):
            count = max(1, round((at - last) / DT) - 1)
            for k in range(count):
                rows.append((last + (k + 1) * DT, None, begun and k == 0, begun))
        rows.append((at, joints + [finger], begun, gone))
        last = at
    return rows


def write(arm, seed, path):
    size = len(arm.names)
    columns = 3 + 2 * size
    header = [MAGIC, VERSION, size, DT, seed] + [0.0] * (columns - 5)
    truths, k = arm.truths, 0
    rows = periods_of(arm)
    with open(path, "wb") as file:
        file.write(struct.pack(f"<{columns}d", *header))
        for index, (at, command, begun, gone) in enumerate(rows):
            while k + 1 < len(truths) and truths[k + 1][0] <= at:
                k += 1
            _, truth, listens = truths[k]
            flags = (SENT if command else 0) | (EPISODE if index == 0 else 0)
            flags |= (PROCESS if begun and command else 0) | (LISTENS if listens else 0)
            flags |= GONE if gone and not command else 0
            values = command or [float("nan")] * size
            file.write(struct.pack(f"<{columns}d", at - rows[0][0], flags, 1.0, *values, *truth))
    return len(rows), sum(1 for row in rows if row[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--names", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    rclpy.init()
    arm = HostileArm(options)
    executor = MultiThreadedExecutor(2)
    executor.add_node(arm)
    threading.Thread(target=arm.listen, daemon=True).start()
    end = time.monotonic() + options.seconds
    print("ready", flush=True)
    while time.monotonic() < end:
        executor.spin_once(timeout_sec=0.1)
    executor.shutdown()
    print("periods %d, commands %d" % write(arm, options.seed, options.out), flush=True)


if __name__ == "__main__":
    main()
