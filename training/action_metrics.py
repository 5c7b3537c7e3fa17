"""From plans and observations to chunks, and how far these are from the scripted expert's."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .action_data import ActionData
from .config import GRIPPER_INDEX, PREFIX_ROWS
from .diffusion import ddim
from .grounding import SpatialData, autocast, run_planner

VALIDATION_ROWS = 1024
JUDGED_ROWS = slice(PREFIX_ROWS, 8)  # of a chunk: later ones are hardly ever executed


def condition(modules: nn.ModuleDict, plan, images: Tensor, proprio: Tensor) -> Tensor:
    return modules["condition"](modules["projector"](*plan), modules["eye"](images), proprio)


def live_plans(modules: nn.ModuleDict, frames: SpatialData, device: str):
    def take(rows: np.ndarray) -> list[Tensor]:
        words, images, _ = frames.batch(rows)
        with autocast(device):
            plan = run_planner(modules, words, images)
        return [plan.queries, plan.points, plan.boxes, plan.trajectory]

    return take


def sample(modules: nn.ModuleDict, cond: Tensor, noise: Tensor, prefix: Tensor) -> Tensor:
    """A chunk [B,16,7] that begins with the prefix [B,PREFIX_ROWS,7]."""
    return ddim(lambda x, t: modules["denoiser"](x, t, cond), noise, prefix)


@torch.no_grad()
def action_metrics(modules: nn.ModuleDict, data: ActionData, plans) -> dict[str, float]:
    """Errors of sampled chunks over held-out episodes by part of an action, normalised units.

    `turn` is that of a chunk's whole turn where it has one: few do, and grasps hang on them.
    """
    rows = data.episodes.held_out_rows
    rows = rows[:: max(1, len(rows) // VALIDATION_ROWS)][:VALIDATION_ROWS]
    noise = torch.Generator().manual_seed(0)
    errors, grips, turns = [], [], []
    for begin in range(0, len(rows), 128):
        part = rows[begin : begin + 128]
        images, proprio, actions = data.batch(part)
        with autocast(data.device):
            plan = [value.to(data.device) for value in plans(part)]
            cond = condition(modules, plan, images, proprio)
            start = torch.randn(actions.shape, generator=noise).to(data.device)
            chunk = sample(modules, cond, start, actions[:, :PREFIX_ROWS])
        errors.append((chunk - actions)[:, JUDGED_ROWS].abs())
        grips.append(((chunk >= 0.5) == (actions >= 0.5))[:, JUDGED_ROWS, GRIPPER_INDEX])
        turns.append(torch.stack((chunk[..., 3:6].sum(1), actions[..., 3:6].sum(1)), -1))
    error, grip, turn = torch.cat(errors), torch.cat(grips), torch.cat(turns)
    turning = turn[..., 1].norm(dim=1) > 1  # more than one full step still to go
    return {
        "translation": error[..., :3].mean().item(),
        "rotation": error[..., 3:6].mean().item(),
        "gripper_accuracy": grip.float().mean().item(),
        "turn": (turn[..., 0] - turn[..., 1])[turning].norm(dim=1).mean().item(),
    }
