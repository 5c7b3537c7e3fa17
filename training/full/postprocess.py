"""From a denoised chunk to canonical actions, as docs/model-package.md says."""

from __future__ import annotations

import numpy as np

GRIPPER = 6
THRESHOLD = 0.5


def postprocess(chunk: np.ndarray, statistics: dict) -> np.ndarray:
    """[rows,7] in -1...1 -> metres, rotation vector in rad, gripper opening 0 or 1 (1 is open)."""
    low, high = (np.array(statistics[name], dtype=np.float64) for name in ("q01", "q99"))
    mask = np.array(statistics.get("mask", [True] * len(low)), dtype=bool)
    clipped = np.clip(chunk.astype(np.float64), -1, 1)
    clipped[:, GRIPPER] = clipped[:, GRIPPER] >= THRESHOLD
    actions = np.where(mask, 0.5 * (clipped + 1) * (high - low) + low, clipped)
    actions[:, 3:6] = [rotation_vector(*row) for row in actions[:, 3:6]]
    return actions


def rotation_vector(roll: float, pitch: float, yaw: float) -> np.ndarray:
    """Of R = Rz(yaw) Ry(pitch) Rx(roll), angles about fixed axes; length in 0...pi."""
    (sr, sp, sy), (cr, cp, cy) = (f(np.array([roll, pitch, yaw]) / 2) for f in (np.sin, np.cos))
    w = cr * cp * cy + sr * sp * sy
    v = np.array(
        [sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy, cr * cp * sy - sr * sp * cy]
    )
    if w < 0:
        w, v = -w, -v
    length = np.linalg.norm(v)
    return 2 * v if length < 1e-12 else v * (2 * np.arctan2(length, w) / length)
