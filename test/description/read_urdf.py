"""Reads a URDF with yourdfpy and prints, as JSON, its limits and the poses of all links in the root link.

Arguments: the URDF. Standard input: a list of configurations, each an object of joint positions by name.
"""

import json
import sys

import yourdfpy

robot = yourdfpy.URDF.load(
    sys.argv[1], load_meshes=False, build_scene_graph=True, build_collision_scene_graph=False
)
assert robot.validate(), robot.errors
poses = []
for configuration in json.load(sys.stdin):
    robot.update_cfg(configuration)
    poses.append({link: robot.get_transform(link).tolist() for link in robot.link_map})
joints = {
    name: {
        "type": joint.type,
        "parent": joint.parent,
        "child": joint.child,
        "limits": None
        if joint.limit is None
        else [joint.limit.lower, joint.limit.upper, joint.limit.velocity, joint.limit.effort],
    }
    for name, joint in robot.joint_map.items()
}
json.dump({"root": robot.base_link, "joints": joints, "poses": poses}, sys.stdout)
