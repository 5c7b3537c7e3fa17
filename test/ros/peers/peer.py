"""A ROS 2 peer in Python, driven by JSON lines: commands on stdin, answers and events on stdout.

It knows nothing of the nodes under test but their interfaces, so it shows what any rclpy program
would see. See `Peer.ts` for the commands.
"""

import json
import os
import sys
import threading
import time

import rclpy
from rclpy.action import ActionClient
from rclpy.clock import Clock, ClockType
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from clock import PeerClock
from messages import fill, load, plain, plain_path
from trajectory_controller import TrajectoryController

QOS = {
    "sensor": QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT),
    "reliable": QoSProfile(depth=50, reliability=ReliabilityPolicy.RELIABLE),
    "latched": QoSProfile(
        depth=1,
        reliability=ReliabilityPolicy.RELIABLE,
        durability=DurabilityPolicy.TRANSIENT_LOCAL,
    ),
}


def emit(line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Peer(PeerClock):
    def __init__(self, name="peer_of_test", namespace=None):
        rclpy.init()
        self.node = Node(name, namespace=namespace)
        self.publishers = {}
        self.streams = {}
        self.clients = {}
        self.goals = {}
        self.steady_clock = Clock(clock_type=ClockType.STEADY_TIME)
        self.clock = None
        self.driver = None
        self.pending = []
        self.lock = threading.Lock()

    # Commands: each returns what is sent back.

    def do_watch(self, topic, type, qos="reliable", summary=None):
        def report(message):
            fields = plain(message) if summary is None else plain_path(message, summary)
            emit({"event": "message", "topic": topic, "at": time.time(), "message": fields})

        self.node.create_subscription(load(type), topic, report, QOS[qos])

    def do_publish(self, topic, type, message, qos="reliable", late=0.0):
        """Stamped, where the test gives no stamp, as if it had been made `late` seconds ago; returns the
        time of then."""
        publisher = self.publisher(topic, type, qos)
        filled = self.given_stamp(fill(load(type)(), message), message, late)
        at = time.time()
        publisher.publish(filled)
        return at

    def do_stream(self, topic, type, message, rate, qos="reliable", how={}):
        """Publishes the message again and again, stamped anew; replaces an earlier stream. `how`: see
        `Delivery`."""
        self.do_unstream(topic)
        filled = fill(load(type)(), message)
        send_one = self.delivery(self.publisher(topic, type, qos), how)
        sent = [0]

        def send():
            send_one(filled)
            sent[0] += 1

        self.streams[topic] = (self.timer(1 / rate, send), sent)

    def do_unstream(self, topic):
        """Ends a stream; returns how many messages it sent."""
        timer, sent = self.streams.pop(topic, (None, [0]))
        if timer:
            self.node.destroy_timer(timer)
        return sent[0]

    def do_call(self, service, type, request, reply):
        kind = load(type)
        client = self.clients.get(service)
        if client is None:
            client = self.clients[service] = self.node.create_client(kind, service)
        if not client.wait_for_service(timeout_sec=10):
            raise TimeoutError(f"no service {service}")
        at = time.time()
        future = client.call_async(fill(kind.Request(), request))
        future.add_done_callback(lambda done: reply({"response": plain(done.result()), "at": at}))
        return future

    def do_send_goal(self, action, type, goal, name, reply):
        kind = load(type)
        client = self.clients.get(action)
        if client is None:
            client = self.clients[action] = ActionClient(self.node, kind, action)
        if not client.wait_for_server(timeout_sec=10):
            raise TimeoutError(f"no action {action}")
        future = client.send_goal_async(
            fill(kind.Goal(), goal),
            feedback_callback=lambda f: emit(
                {"event": "feedback", "goal": name, "message": plain(f.feedback)}
            ),
        )

        def accepted(done):
            handle = done.result()
            self.goals[name] = handle
            if handle.accepted:
                handle.get_result_async().add_done_callback(
                    lambda r: emit(
                        {
                            "event": "result",
                            "goal": name,
                            "status": r.result().status,
                            "message": plain(r.result().result),
                        }
                    )
                )
            reply({"accepted": handle.accepted})

        future.add_done_callback(accepted)
        return future

    def do_cancel_goal(self, name, reply):
        future = self.goals[name].cancel_goal_async()
        future.add_done_callback(lambda done: reply(plain(done.result())))
        return future

    def do_drive(self, names, positions, rate, how={}):
        """Is the driver of an arm behind joint_trajectory_controllers that follows their commands at once;
        `how` may say that it is `stuck`, and how joint states are delivered."""
        if self.driver is None:
            self.driver = [TrajectoryController(*joint) for joint in zip(names, positions)]
            kind = "trajectory_msgs/msg/JointTrajectory"
            for part in ("arm", "gripper"):
                topic = f"/{part}_controller/joint_trajectory"
                self.node.create_subscription(load(kind), topic, self.obey, QOS["reliable"])
        self.is_stuck = how.get("stuck", False)
        self.do_unstream("/joint_states")
        kind = load("sensor_msgs/msg/JointState")
        publisher = self.publisher("/joint_states", "sensor_msgs/msg/JointState", "sensor")
        send_one = self.delivery(publisher, how)

        def send():
            if not self.is_stuck:
                for joint in self.driver:
                    joint.update(self.now_ns())
            names, positions = [j.name for j in self.driver], [j.position for j in self.driver]
            send_one(fill(kind(), {"name": names, "position": positions}))

        self.streams["/joint_states"] = (self.timer(1 / rate, send), [0])

    def obey(self, trajectory):
        if self.is_stuck:
            return
        for joint in self.driver:
            joint.take(trajectory, self.now_ns())

    def do_nodes(self):
        return self.node.get_node_names()

    def do_endpoints(self, node, namespace):
        """Names of all that a node offers and uses."""
        lists = {
            "publishers": self.node.get_publisher_names_and_types_by_node,
            "subscriptions": self.node.get_subscriber_names_and_types_by_node,
            "services": self.node.get_service_names_and_types_by_node,
            "clients": self.node.get_client_names_and_types_by_node,
        }
        return {kind: [name for name, _ in list_of(node, namespace)] for kind, list_of in lists.items()}

    def do_subscribers(self, topic):
        return self.node.count_subscribers(topic)

    # Helpers

    def publisher(self, topic, type_name, qos):
        key = (topic, qos)
        if key not in self.publishers:
            self.publishers[key] = self.node.create_publisher(load(type_name), topic, QOS[qos])
        return self.publishers[key]

    def handle(self, command):
        number, name = command.pop("id"), command.pop("do")
        method = getattr(self, f"do_{name}")

        def reply(result=None):
            emit({"id": number, "result": result})

        try:
            if name in ("call", "send_goal", "cancel_goal"):
                method(**command, reply=reply)
            else:
                reply(method(**command))
        except Exception as error:  # what went wrong belongs to the test
            emit({"id": number, "error": f"{type(error).__name__}: {error}"})

    def run(self):
        executor = SingleThreadedExecutor()
        executor.add_node(self.node)

        def read():
            for line in sys.stdin:
                with self.lock:
                    self.pending.append(json.loads(line))
                executor.wake()
            with self.lock:
                self.pending.append(None)
            executor.wake()

        threading.Thread(target=read, daemon=True).start()
        emit({"event": "ready"})
        while True:
            executor.spin_once(timeout_sec=0.05)
            with self.lock:
                commands, self.pending = self.pending, []
            for command in commands:
                if command is None:
                    return
                self.handle(command)


def main(peer):
    peer.run()
    rclpy.try_shutdown()
    os._exit(0)


if __name__ == "__main__":
    main(Peer())
