"""The parameters of a joint_trajectory_controller, whose name is the first argument; as by default, or
with the value of `allow_nonzero_velocity_at_trajectory_end` that is the second."""

import sys

from peer import Peer, main


class Parameters(Peer):
    def __init__(self, name, allowed):
        super().__init__(name)
        self.node.declare_parameter("allow_nonzero_velocity_at_trajectory_end", allowed)


if __name__ == "__main__":
    main(Parameters(sys.argv[1], sys.argv[2:] == ["true"]))
