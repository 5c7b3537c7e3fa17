"""Writes fk_<urdf>.json: forward kinematics and Jacobians of the arms in urdf/ by Pinocchio.

    pip install --require-hashes --only-binary :all: -r test/fixtures/python/pin.txt
    python test/core/golden/make_fk.py

Random joint positions within the limits, the home position first. Jacobians are in base axes
(Pinocchio's LOCAL_WORLD_ALIGNED), linear rows first.
"""

import json
from pathlib import Path

import numpy as np
import pinocchio

ROOT = Path(__file__).resolve().parents[3]
ARMS = {
    "wx250s": {
        "joints": ["waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate"],
        "home": [-0.018, 0.04, 0.222, -0.005, 1.365, 0.002],
        "tip": "ee_gripper_link",
    },
    "google_robot": {
        "joints": [
            f"joint_{part}"
            for part in ("torso", "shoulder", "bicep", "elbow", "forearm", "wrist", "gripper")
        ],
        "home": [-0.264, 0.083, 0.502, 1.157, 0.029, 1.593, -1.081],
        "tip": "link_gripper_tcp",
    },
}
CASES = 40


def write(urdf: str, joints: list[str], home: list[float], tip: str) -> None:
    model = pinocchio.buildModelFromUrdf(str(ROOT / "urdf" / f"{urdf}.urdf"))
    data = model.createData()
    frame = model.getFrameId(tip)
    ids = [model.getJointId(name) for name in joints]
    columns = [model.joints[i].idx_v for i in ids]
    rows = [model.joints[i].idx_q for i in ids]
    lower, upper = model.lowerPositionLimit[rows], model.upperPositionLimit[rows]
    rng = np.random.default_rng(1)

    cases = []
    for k in range(CASES):
        arm = np.array(home) if k == 0 else rng.uniform(lower, upper).round(6)
        q = pinocchio.neutral(model)
        q[rows] = arm
        pinocchio.forwardKinematics(model, data, q)
        pinocchio.updateFramePlacements(model, data)
        pose = pinocchio.SE3ToXYZQUAT(data.oMf[frame])
        jacobian = pinocchio.computeFrameJacobian(
            model, data, q, frame, pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
        )[:, columns]
        cases.append(
            {
                "joints": arm.tolist(),
                "position": pose[:3].round(9).tolist(),
                "orientation_xyzw": pose[3:].round(9).tolist(),
                "jacobian_row_major": jacobian.round(9).ravel().tolist(),
            }
        )
    out = {
        "generator": "test/core/golden/make_fk.py",
        "reference": f"pinocchio {pinocchio.__version__}",
        "tip": tip,
        "tolerance": 1e-6,
        "cases": cases,
    }
    path = Path(__file__).with_name(f"fk_{urdf}.json")
    path.write_text(json.dumps(out, separators=(",", ":")).replace('{"joints"', '\n{"joints"') + "\n")
    print(f"{path.name}: {CASES} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    for urdf, arm in ARMS.items():
        write(urdf, **arm)
