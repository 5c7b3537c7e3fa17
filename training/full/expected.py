"""What torch computes of a checkpoint: each of its packages is compared with this."""

from __future__ import annotations

import contextlib
import ctypes
import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from .architecture import ACTION_DIM
from .checkpoint import Checkpoint, fitting_statistics
from .postprocess import GRIPPER, THRESHOLD, postprocess
from .reference import DEFAULT_SAMPLING, ExpertReference, Run, Sampling, run_planner
from .scenes import make_scenes

SEEDS = 32


@dataclass(frozen=True)
class Expected:
    """The first run is the golden one; `noise` and `chunk` [1,T,7] are its."""

    runs: list[Run]
    expert: ExpertReference
    noise: Tensor
    chunk: Tensor
    sampling: Sampling = DEFAULT_SAMPLING


def compute_expected(
    checkpoint: Checkpoint,
    views: int,
    pictures: Sequence[Path],
    instruction: str,
    questions: dict[str, str] | None,
    sampling: Sampling = DEFAULT_SAMPLING,
    resample: str = "bicubic",
) -> Expected:
    """Without `questions`, nothing is answered in words."""
    scenes = make_scenes(views, list(pictures), instruction, resample)
    runs = run_planner(checkpoint, scenes, questions is not None, questions or {})
    give_back_memory()
    expert = ExpertReference(checkpoint)
    for run in runs:
        expert.complete(run)
    cond = runs[0].cond
    assert cond is not None, "the run is not complete"
    return Expected(runs, expert, *golden_noise(expert, cond, sampling), sampling)


def give_back_memory() -> None:
    """Freed memory may stay with the process; before the next graph the system shall have it."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def golden_noise(
    expert: ExpertReference, cond: Tensor, sampling: Sampling
) -> tuple[Tensor, Tensor]:
    """Of some noises the one whose gripper values end farthest from the threshold."""
    best: tuple[float, Tensor, Tensor] | None = None
    for seed in range(SEEDS):
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(1, expert.horizon, ACTION_DIM, generator=generator)
        chunk = expert.chunk(cond, noise, sampling)
        margin = float((chunk[..., GRIPPER] - THRESHOLD).abs().min())
        if best is None or margin > best[0]:
            best = (margin, noise, chunk)
        if margin > 0.25:
            break
    assert best is not None, "no noise was tried"
    return best[1], best[2]


def golden_run(checkpoint: Checkpoint, found: Expected, answers: dict[str, list[int]]) -> dict:
    """What a package is checked with at load: inputs, and what torch makes of them."""
    run, chunk = found.runs[0], found.chunk
    arm, key = next(iter(checkpoint.arms.items()))
    statistics = fitting_statistics(checkpoint.statistics)[key]["action"]
    expected = {
        "normalised_actions": chunk[0].tolist(),
        "actions": postprocess(chunk[0].numpy(), statistics).tolist(),
    }
    if answers:
        decode = checkpoint.tokenizer.decode
        expected["answers"] = {k: {"ids": ids, "text": decode(ids)} for k, ids in answers.items()}
    return {
        "embodiment": arm,
        "instruction": run.scene.instruction,
        "input_ids": run.ids,
        "image_file": "golden_image.bin",
        "noise": found.noise[0].tolist(),
        "expected": expected,
    }
