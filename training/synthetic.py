"""Made-up data in the real format, for the self-test: coloured squares to take and to go to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .config import ACTION_DIM, HORIZON, IMAGE_HEIGHT, IMAGE_WIDTH, PROPRIO_DIM, WAYPOINTS

COLOURS = {"red": (210, 40, 40), "green": (40, 180, 60), "blue": (50, 70, 210)}
SIZE = 12


def write_synthetic(
    folder: Path, kind: str, rows: int, seed: int = 0, shards: int = 2, embodiment: str = "widowx"
) -> None:
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in COLOURS for b in COLOURS if a != b]
    verb = "put" if embodiment == "widowx" else "move"
    instructions = [f"{verb} the {a} square on the {b} square" for a, b in pairs]
    folder.mkdir(parents=True, exist_ok=True)
    meta: dict[str, object] = {"kind": kind, "embodiment": embodiment, "instructions": instructions}
    if kind == "episodes":
        meta["proprio"] = {"home_orientation_xyzw": [0, 0, 0, 1]}
    (folder / "meta.json").write_text(json.dumps(meta))
    for i in range(shards):
        columns = scenes(rng, rows, pairs)
        if kind == "episodes":
            columns |= motions(rng, columns)
        shard = folder / f"shard-{i:05d}"
        shard.mkdir(exist_ok=True)
        for name, column in columns.items():
            np.save(shard / f"{name}.npy", column)


def scenes(
    rng: np.random.Generator, rows: int, pairs: list[tuple[str, str]]
) -> dict[str, np.ndarray]:
    ids = rng.integers(len(pairs), size=rows).astype(np.int32)
    images = np.full((rows, IMAGE_HEIGHT, IMAGE_WIDTH, 3), 128, np.uint8)
    corners = rng.integers(
        0, (IMAGE_WIDTH - SIZE, IMAGE_HEIGHT - SIZE), size=(rows, len(COLOURS), 2)
    )
    for image, places in zip(images, corners):
        for (x, y), colour in zip(places, COLOURS.values()):
            image[y : y + SIZE, x : x + SIZE] = colour
    names = list(COLOURS)
    order = np.array([[names.index(a), names.index(b)] for a, b in pairs])[ids]
    low = np.take_along_axis(corners, order[:, :, None], 1).astype(np.float32)
    size = np.array((IMAGE_WIDTH, IMAGE_HEIGHT), np.float32)
    boxes = np.concatenate((low / size, (low + SIZE) / size), -1)
    centres = (low + SIZE / 2) / size
    half = np.array((SIZE / 2, 0), np.float32) / size
    grips = np.stack((centres[:, 0] - half, centres[:, 0] + half), 1)
    path = np.linspace(0, 1, WAYPOINTS, dtype=np.float32)[None, :, None]
    return {
        "image": images,
        "instruction_id": ids,
        "points": np.concatenate((centres, grips), 1),
        "boxes": boxes,
        "trajectory": centres[:, :1] * (1 - path) + centres[:, 1:2] * path,
        "visible": np.ones((rows, 4), np.float32),
    }


def motions(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """From a random place straight towards the first square, closing the gripper half-way."""
    points = columns["points"]
    rows = len(points)
    proprio = np.zeros((rows, PROPRIO_DIM), np.float32)
    proprio[:, :3] = rng.uniform((0.15, -0.2, 0.02), (0.4, 0.2, 0.2), size=(rows, 3))
    proprio[:, 6] = 1
    goal = np.stack(
        (0.15 + 0.25 * points[:, 0, 1], 0.2 - 0.4 * points[:, 0, 0], np.full(rows, 0.02)), -1
    )
    actions = np.zeros((rows, HORIZON, ACTION_DIM), np.float32)
    actions[..., :3] = ((goal - proprio[:, :3]) / HORIZON)[:, None]
    actions[:, : HORIZON // 2, 6] = 1
    return {
        "proprio": proprio,
        "actions": actions,
        "executed": actions[:, 0],
        "episode": (np.arange(rows) // 8).astype(np.int32),
        "tick": (np.arange(rows) % 8).astype(np.int32),
    }
