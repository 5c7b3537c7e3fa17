"""Inverse kinematics with Pinocchio, called from Python, on targets from a file; prints times as JSON.

    pip install --require-hashes --only-binary :all: -r test/fixtures/python/pin.txt

then `st4vla bench --parts motion --pin PYTHON`, which calls this. Damped least squares from the
solution before, as in core/kinematics/InverseKinematics.ts and to its tolerances.
"""

import json
import sys
import time

import numpy as np
import pinocchio as pin

POSITION_TOLERANCE_M = 1e-5
ROTATION_TOLERANCE_RAD = 1e-4
MAX_ITERATIONS = 20
DAMPING = 1e-8 * np.eye(6)


def load(task):
    whole = pin.buildModelFromUrdf(task["urdf"])
    others = [i for i, name in enumerate(whole.names) if i > 0 and name not in task["joints"]]
    model = pin.buildReducedModel(whole, others, pin.neutral(whole))
    assert list(model.names)[1:] == task["joints"], "joints in another order"
    return model, model.createData(), model.getFrameId(task["tip"])


def solve(model, data, tip, q, target):
    """Joint positions, and whether they meet the target."""
    for _ in range(MAX_ITERATIONS + 1):
        pin.forwardKinematics(model, data, q)
        reached = pin.updateFramePlacement(model, data, tip)
        error = pin.log6(reached.actInv(target)).vector
        if (
            np.linalg.norm(error[:3]) <= POSITION_TOLERANCE_M
            and np.linalg.norm(error[3:]) <= ROTATION_TOLERANCE_RAD
        ):
            return q, True
        jacobian = pin.computeFrameJacobian(model, data, q, tip, pin.LOCAL)
        step = jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + DAMPING, error)
        q = np.clip(q + step, model.lowerPositionLimit, model.upperPositionLimit)
    return q, False


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    model, data, tip = load(task)
    targets = [
        pin.SE3(pin.Quaternion(np.array(t[3:])).normalized(), np.array(t[:3]))
        for t in task["targets"]
    ]
    times_us = []
    for turn in range(task["rounds"]):
        if turn == 1:
            times_us = []
        q = np.array(task["start"])
        solved = 0
        for target in targets:
            start = time.perf_counter_ns()
            q, is_met = solve(model, data, tip, q, target)
            times_us.append((time.perf_counter_ns() - start) / 1000)
            solved += is_met
    print(json.dumps({"times_us": times_us, "solved": solved}))


main()
