"""Reads the shards that the simulator writes: one folder per shard, one .npy file per column.

Columns stay memory-mapped; only the rows of a batch are read. Two kinds exist: `static` scenes
(image, sentence, where things are) and `episodes` (the same, with proprioception and actions).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from .config import (
    ACTION_DIM,
    BOXES,
    HORIZON,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    POINTS,
    PROPRIO_DIM,
    WAYPOINTS,
)
from .tokenizer import encode

STATIC_SHAPES = {
    "image": (IMAGE_HEIGHT, IMAGE_WIDTH, 3),
    "instruction_id": (),
    "points": (len(POINTS), 2),
    "boxes": (len(BOXES), 4),
    "trajectory": (WAYPOINTS, 2),
    "visible": (len(POINTS),),
}
EPISODE_SHAPES = STATIC_SHAPES | {
    "proprio": (PROPRIO_DIM,),
    "actions": (HORIZON, ACTION_DIM),
    "executed": (ACTION_DIM,),
    "episode": (),
    "tick": (),
}
SPATIAL_LABELS = ("points", "boxes", "trajectory", "visible")
HELD_OUT_SHARE = 0.02


class DataError(Exception):
    """A data folder that cannot be used; says file, expected and found."""


@dataclass(frozen=True)
class Shard:
    path: Path
    columns: dict[str, np.ndarray]
    instructions: list[str]

    def __len__(self) -> int:
        return len(self.columns["image"])


class Dataset:
    """All shards of one or more folders as one table; later folders come behind earlier ones."""

    # Rows of the table; which are held out is for each kind of data to say.
    train_rows: np.ndarray
    held_out_rows: np.ndarray

    def __init__(self, folders: list[Path], shapes: dict[str, tuple[int, ...]]):
        self.shards: list[Shard] = []
        for folder in folders:
            if not (folder / "meta.json").exists():
                raise DataError(f"{folder / 'meta.json'}: missing")
            meta = read_json(folder / "meta.json")
            paths = sorted(path for path in folder.glob("shard-*") if path.is_dir())
            if not paths:
                raise DataError(f"{folder}: no folders named shard-*")
            self.shards += [open_shard(path, shapes, meta) for path in paths]
        self.meta = read_json(folders[0] / "meta.json")
        self.starts = np.cumsum([0] + [len(shard) for shard in self.shards])
        # Small columns are kept whole; images stay on disk.
        self.small = {
            name: np.concatenate([np.asarray(shard.columns[name]) for shard in self.shards])
            for name in shapes
            if name not in ("image", "instruction_id")
        }
        self.instructions = sorted({text for shard in self.shards for text in shard.instructions})
        position = {text: i for i, text in enumerate(self.instructions)}
        self.instruction_ids = np.concatenate(
            [
                np.array([position[text] for text in shard.instructions])[
                    shard.columns["instruction_id"]
                ]
                for shard in self.shards
            ]
        )

    def __len__(self) -> int:
        return int(self.starts[-1])

    @property
    def embodiment(self) -> str:
        return self.meta.get("embodiment", "widowx")

    def images(self, rows: np.ndarray) -> Tensor:
        """uint8 [B,3,H,W], stored channels last."""
        out = np.empty((len(rows), IMAGE_HEIGHT, IMAGE_WIDTH, 3), np.uint8)
        shard_of = np.searchsorted(self.starts, rows, side="right") - 1
        for i, (row, shard) in enumerate(zip(rows, shard_of)):
            out[i] = self.shards[shard].columns["image"][row - self.starts[shard]]
        return torch.from_numpy(out).permute(0, 3, 1, 2)

    def labels(self, rows: np.ndarray, names: tuple[str, ...]) -> dict[str, Tensor]:
        return {name: torch.from_numpy(self.small[name][rows].astype(np.float32)) for name in names}

    def encode_instructions(self, tokenizer: Tokenizer) -> Tensor:
        """Token ids of every distinct sentence: int64 [n, MAX_TOKENS]."""
        return torch.from_numpy(np.stack([encode(tokenizer, text) for text in self.instructions]))


class StaticScenes(Dataset):
    def __init__(self, folders: list[Path], seed: int = 0):
        super().__init__(folders, STATIC_SHAPES)
        held_out = np.random.default_rng(seed).random(len(self)) < HELD_OUT_SHARE
        self.train_rows, self.held_out_rows = np.flatnonzero(~held_out), np.flatnonzero(held_out)


class Episodes(Dataset):
    """Rows of one episode lie next to each other, in the order of their ticks."""

    def __init__(self, folders: list[Path], seed: int = 0):
        super().__init__(folders, EPISODE_SHAPES)
        episode, tick = self.small["episode"], self.small["tick"]
        begins = np.ones(len(self), bool)
        begins[1:] = (episode[1:] != episode[:-1]) | (tick[1:] != tick[:-1] + 1)
        begins[self.starts[:-1]] = True
        numbers = np.cumsum(begins) - 1
        self.first_row = np.flatnonzero(begins)[numbers]
        self.is_last_row = np.append(begins[1:], True)
        held_out = np.random.default_rng(seed).random(numbers[-1] + 1) < HELD_OUT_SHARE
        held_out[0] = True  # never empty, however small the data
        self.train_rows = np.flatnonzero(~held_out[numbers])
        self.held_out_rows = np.flatnonzero(held_out[numbers])

    def earlier(self, rows: np.ndarray, ages: np.ndarray) -> np.ndarray:
        """The rows `ages` ticks before, not beyond the start of the episode."""
        return np.maximum(rows - ages, self.first_row[rows])


def open_shard(path: Path, shapes: dict[str, tuple[int, ...]], meta: dict) -> Shard:
    columns = {}
    for name, shape in shapes.items():
        file = path / f"{name}.npy"
        if not file.exists():
            raise DataError(f"{file}: missing")
        columns[name] = np.load(file, mmap_mode="r")
        if columns[name].shape[1:] != shape:
            raise DataError(f"{file}: rows of {shape} expected, found {columns[name].shape[1:]}")
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) != 1:
        raise DataError(f"{path}: columns of one length expected, found {lengths}")
    own = path / "instructions.json"
    instructions = read_json(own) if own.exists() else meta.get("instructions")
    if not isinstance(instructions, list):
        raise DataError(
            f"{path}: a list of instructions expected in instructions.json or ../meta.json"
        )
    if len(columns["image"]) and int(columns["instruction_id"].max()) >= len(instructions):
        raise DataError(f"{path}/instruction_id.npy: ids below {len(instructions)} expected")
    return Shard(path, columns, instructions)


def read_json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))
