"""A gripper behind `control_msgs/action/GripperCommand` that is where it was told to be at once.

Also a peer, with the commands of `peer.py`; its goals are reported as messages of `goals`.

    gripper_server.py ACTION
"""

import sys
import time

from control_msgs.action import GripperCommand
from rclpy.action import ActionServer

from peer import Peer, emit, main


class GripperServer(Peer):
    def __init__(self, action):
        super().__init__("gripper_of_test")
        self.server = ActionServer(self.node, GripperCommand, action, self.execute)

    def execute(self, goal):
        command = goal.request.command
        fields = {"position": command.position, "max_effort": command.max_effort}
        emit({"event": "message", "topic": "goals", "at": time.time(), "message": fields})
        goal.succeed()
        return GripperCommand.Result(position=command.position, reached_goal=True)


if __name__ == "__main__":
    main(GripperServer(sys.argv[1]))
