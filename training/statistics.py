"""Normalisation of actions: what +-1 means."""

from __future__ import annotations

import numpy as np

from .config import ACTION_DIM, GRIPPER_INDEX

# A channel that hardly moves must not blow up its noise: at least 5 mm and 0.03 rad to either side.
MIN_HALF_RANGE = (0.005, 0.005, 0.005, 0.03, 0.03, 0.03)


def action_statistics(actions: np.ndarray) -> dict:
    """Statistics of chunks [N,HORIZON,7] under the reference's names.

    The runtime clips to +-1, and the largest steps of a reach are needed, so the range is that of
    all but one in a thousand on either side, with a tenth to spare, and symmetric about zero:
    "stand still" is then exactly 0.
    """
    rows = actions.reshape(-1, ACTION_DIM).astype(np.float64)
    low, high = np.quantile(rows, (0.001, 0.999), axis=0)
    half = 1.1 * np.maximum(np.abs(low), np.abs(high))
    half[:GRIPPER_INDEX] = np.maximum(half[:GRIPPER_INDEX], MIN_HALF_RANGE)
    q01, q99 = -half, half.copy()
    q01[GRIPPER_INDEX], q99[GRIPPER_INDEX] = 0.0, 1.0
    return {
        "q01": q01.tolist(),
        "q99": q99.tolist(),
        "mask": [i != GRIPPER_INDEX for i in range(ACTION_DIM)],
        "mean": rows.mean(0).tolist(),
        "std": rows.std(0).tolist(),
        "rows": len(rows),
    }


def normalise_actions(actions: np.ndarray, statistics: dict) -> np.ndarray:
    """To +-1 where the mask is true; the gripper stays 0 (closed) to 1 (open)."""
    q01, q99, mask = (np.array(statistics[name]) for name in ("q01", "q99", "mask"))
    scaled = 2 * (actions - q01) / (q99 - q01) - 1
    return np.where(mask, scaled, actions).astype(np.float32)


def denormalise_actions(
    normalised: np.ndarray, statistics: dict, threshold: float = 0.5
) -> np.ndarray:
    """The runtime's post-processing: clip, cut the gripper, undo the normalisation."""
    q01, q99, mask = (np.array(statistics[name]) for name in ("q01", "q99", "mask"))
    clipped = np.clip(normalised, -1, 1)
    clipped[..., GRIPPER_INDEX] = normalised[..., GRIPPER_INDEX] >= threshold
    return np.where(mask, 0.5 * (clipped + 1) * (q99 - q01) + q01, clipped)
