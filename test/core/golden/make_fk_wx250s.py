"""Writes fk_wx250s.json: forward kinematics and Jacobians of urdf/wx250s.urdf by Pinocchio.

    pip install pin==<version in the file>
    python test/core/golden/make_fk_wx250s.py

Random joint positions within the limits, the home position first. Jacobians are in base axes
(Pinocchio's LOCAL_WORLD_ALIGNED), linear rows first.
"""

import json
from pathlib import Path

import numpy as np
import pinocchio

ROOT = Path(__file__).resolve().parents[3]
ARM = ["waist", "shoulder", "elbow", "forearm_roll", "wrist_angle", "wrist_rotate"]
HOME = [-0.018, 0.04, 0.222, -0.005, 1.365, 0.002]
TIP = "ee_gripper_link"
CASES = 40


def main() -> None:
    model = pinocchio.buildModelFromUrdf(str(ROOT / "urdf" / "wx250s.urdf"))
    data = model.createData()
    tip = model.getFrameId(TIP)
    ids = [model.getJointId(name) for name in ARM]
    columns = [model.joints[i].idx_v for i in ids]
    rows = [model.joints[i].idx_q for i in ids]
    lower, upper = model.lowerPositionLimit[rows], model.upperPositionLimit[rows]
    rng = np.random.default_rng(1)

    cases = []
    for k in range(CASES):
        arm = np.array(HOME) if k == 0 else rng.uniform(lower, upper).round(6)
        q = pinocchio.neutral(model)
        q[rows] = arm
        pinocchio.forwardKinematics(model, data, q)
        pinocchio.updateFramePlacements(model, data)
        pose = pinocchio.SE3ToXYZQUAT(data.oMf[tip])
        jacobian = pinocchio.computeFrameJacobian(
            model, data, q, tip, pinocchio.ReferenceFrame.LOCAL_WORLD_ALIGNED
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
        "generator": "test/core/golden/make_fk_wx250s.py",
        "reference": f"pinocchio {pinocchio.__version__}",
        "tip": TIP,
        "tolerance": 1e-6,
        "cases": cases,
    }
    path = Path(__file__).with_name("fk_wx250s.json")
    path.write_text(json.dumps(out, separators=(",", ":")).replace('{"joints"', '\n{"joints"') + "\n")
    print(f"{path.name}: {CASES} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
