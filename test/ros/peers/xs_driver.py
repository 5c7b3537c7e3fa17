"""Interbotix's `xs_sdk` as far as others can tell, for a WidowX 250 without motors.

Commands of the wrong length are refused, joint limits are not looked at. What a command means is up
to the operating mode; motors move to a position in the time of their profile, and only with torque.
Changing the mode switches the torque off and on. Also a peer, with the commands of `peer.py`.

    xs_driver.py '{"namespace": "/wx250s", "torque": 0, "mode": "velocity", ...}'
"""

import json
import sys
import time

from interbotix_xs_msgs.msg import JointGroupCommand, JointSingleCommand, JointTrajectoryCommand
from interbotix_xs_msgs.srv import OperatingModes, RegisterValues, RobotInfo, TorqueEnable
from sensor_msgs.msg import JointState

from peer import Peer, emit, main
from xs_motor import HOME, LIMITS, POSITION_MODES, PERIOD, horn_angle, finger_position, Motor


class XsDriver(Peer):
    def __init__(self, options):
        super().__init__("xs_sdk", options.get("namespace"))
        registers = {
            "Torque_Enable": options.get("torque", 1),
            "Profile_Velocity": options.get("profile_velocity", 2000),
            "Profile_Acceleration": options.get("profile_acceleration", 300),
            "Goal_PWM": 885,
        }
        mode, profile = options.get("mode", "position"), options.get("profile_type", "time")
        self.motors = {n: Motor(q, mode, profile, registers) for n, q in HOME.items()}
        gripper_mode = options.get("gripper_mode", "pwm")
        self.motors["gripper"] = Motor(horn_angle(0.074), gripper_mode, "velocity", registers)
        self.groups = {"arm": options.get("order", list(HOME))}
        self.refused = []
        self.stubborn = options.get("stubborn", False)
        # As Interbotix's own simulation: no register but those of the profile.
        self.simulated = options.get("simulated", False)
        self.trajectory = None
        self.limits = {**LIMITS, **options.get("limits", {})}
        self.offer()

    def offer(self):
        node = self.node
        self.states = node.create_publisher(JointState, "joint_states", 10)
        # Deep, so that no command is missed where the machine is busy.
        node.create_subscription(JointGroupCommand, "commands/joint_group", self.on_group, 1000)
        node.create_subscription(JointSingleCommand, "commands/joint_single", self.on_single, 10)
        node.create_subscription(
            JointTrajectoryCommand, "commands/joint_trajectory", self.on_trajectory, 10
        )
        node.create_service(RobotInfo, "get_robot_info", self.robot_info)
        node.create_service(OperatingModes, "set_operating_modes", self.set_modes)
        node.create_service(TorqueEnable, "torque_enable", self.torque_enable)
        node.create_service(RegisterValues, "get_motor_registers", self.get_registers)
        node.create_service(RegisterValues, "set_motor_registers", self.set_registers)
        node.create_timer(PERIOD, self.update)

    # Commands of the test

    def do_state(self):
        return {
            "motors": {name: motor.state() for name, motor in self.motors.items()},
            "refused": self.refused,
        }

    def do_set_torque(self, enable):
        for motor in self.motors.values():
            motor.registers["Torque_Enable"] = int(enable)

    # What the driver does

    def update(self):
        for motor in self.motors.values():
            motor.update()
        finger = finger_position(self.motors["gripper"].position)
        message = JointState()
        message.header.stamp = self.node.get_clock().now().to_msg()
        message.name = [*self.motors, "left_finger", "right_finger"]
        message.position = [*(m.position for m in self.motors.values()), finger, -finger]
        message.velocity = [0.0] * len(message.name)
        self.states.publish(message)

    def joints(self, cmd_type, name):
        if cmd_type == "group":
            return self.groups.get(name, [])
        return [name] if name in self.motors else []

    def on_group(self, message):
        self.report("joint_group", {"name": message.name, "cmd": list(message.cmd)})
        self.write(message.name, message.cmd)

    def write(self, group, values):
        joints = self.joints("group", group)
        if len(values) != len(joints):
            self.refuse(f"{len(values)} commands for {len(joints)} joints of {group}")
            return
        for name, value in zip(joints, values):
            self.motors[name].command(value)

    def on_single(self, message):
        self.report("joint_single", {"name": message.name, "cmd": message.cmd})
        if message.name in self.motors:
            self.motors[message.name].command(message.cmd)
        else:
            self.refuse(f"no joint {message.name}")

    def on_trajectory(self, message):
        points = [
            {
                "positions": list(point.positions),
                "nanosec": point.time_from_start.nanosec,
            }
            for point in message.traj.points
        ]
        self.report("joint_trajectory", {"name": message.name, "points": points})
        if self.trajectory is not None:
            self.refuse("a trajectory while one is running")
        elif len(points) < 2:
            self.refuse(f"a trajectory of {len(points)} points")
        else:
            self.trajectory = (message.name, points, 1)
            self.step_trajectory()

    def step_trajectory(self):
        name, points, i = self.trajectory
        if i == len(points):
            self.trajectory = None
            return
        self.write(name, points[i]["positions"])
        self.trajectory = (name, points, i + 1)
        wait = (points[i]["nanosec"] - points[i - 1]["nanosec"]) * 1e-9

        def wake():
            self.node.destroy_timer(timer)
            self.step_trajectory()

        timer = self.node.create_timer(wait, wake)

    def robot_info(self, request, response):
        joints = self.joints(request.cmd_type, request.name)
        if not joints:
            return response
        motor = self.motors[joints[0]]
        response.mode, response.profile_type = motor.mode, motor.profile_type
        response.joint_names = ["left_finger" if n == "gripper" else n for n in joints]
        response.joint_lower_limits = [self.limits[n][0] for n in response.joint_names]
        response.joint_upper_limits = [self.limits[n][1] for n in response.joint_names]
        response.num_joints = len(joints)
        response.name = [request.name]
        return response

    def set_modes(self, request, response):
        for name in self.joints(request.cmd_type, request.name):
            motor = self.motors[name]
            motor.torque_drops += 1
            if not self.stubborn:
                motor.mode, motor.profile_type = request.mode, request.profile_type
            if request.mode in POSITION_MODES:
                motor.registers["Profile_Velocity"] = request.profile_velocity
                motor.registers["Profile_Acceleration"] = request.profile_acceleration
            motor.registers["Goal_PWM"] = 0 if request.mode == "pwm" else 885
            motor.registers["Torque_Enable"] = 1
            motor.rate = 0.0
            motor.move = (motor.position, motor.position, 0.0)
        return response

    def torque_enable(self, request, response):
        for name in self.joints(request.cmd_type, request.name):
            self.motors[name].registers["Torque_Enable"] = int(request.enable)
        return response

    def get_registers(self, request, response):
        joints = self.joints(request.cmd_type, request.name)
        if self.simulated and not request.reg.startswith("Profile_"):
            return response
        response.values = [self.motors[name].registers[request.reg] for name in joints]
        return response

    def set_registers(self, request, response):
        for name in self.joints(request.cmd_type, request.name):
            self.motors[name].registers[request.reg] = request.value
        return response

    def report(self, topic, message):
        emit({"event": "message", "topic": topic, "at": time.time(), "message": message})

    def refuse(self, reason):
        self.refused.append(reason)


if __name__ == "__main__":
    main(XsDriver(json.loads(sys.argv[1])))
