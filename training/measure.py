"""Measures the planner's answers on scenes or frames that no training has seen."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from .data import DataError, Dataset, Episodes, StaticScenes, read_json
from .grounding import SpatialData, planner_metrics
from .network import load_checkpoint


def measure(checkpoint: Path, folders: list[Path], seed: int, whole: bool) -> dict[str, float]:
    """Point and waypoint errors (pixels of the model's picture) and IoU of boxes, in all folders.

    Of the rows that training with the same seed holds out, or of all where `whole` is set: for a
    folder that no training has read. Raises DataError where arm and folders differ.
    """
    found = load_checkpoint(checkpoint)
    kinds = {read_json(folder / "meta.json")["kind"] for folder in folders}
    if len(kinds) != 1:
        raise DataError(f"folders of one kind expected, found {', '.join(sorted(kinds))}")
    data: Dataset = (StaticScenes if kinds == {"static"} else Episodes)(folders, seed)
    if data.embodiment != found.config.embodiment:
        raise DataError(f"{checkpoint}: of {found.config.embodiment}, data of {data.embodiment}")
    if whole:
        data.held_out_rows = np.arange(len(data))
    return planner_metrics(found.modules.eval(), SpatialData(data, found.tokenizer, "cpu"), "cpu")


def print_measured(metrics: dict[str, float]) -> None:
    print(json.dumps({name: round(value, 3) for name, value in metrics.items()}, indent=1))
