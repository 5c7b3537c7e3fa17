"""The planner's answers for every frame of the episodes, computed once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from .grounding import SpatialData, autocast, run_planner
from .processes import rank

BATCH = 64


class PlanCache:
    """Query states (half precision), points, boxes and trajectories by row."""

    def __init__(self, parts: list[Tensor]):
        self.parts = parts

    def take(self, rows: np.ndarray) -> list[Tensor]:
        return [part[rows].float() for part in self.parts]

    @staticmethod
    def build(modules: nn.ModuleDict, frames: SpatialData, file: Path) -> PlanCache:
        """Rows that the file has already are kept, so it can grow with the data.

        Under torchrun every process does its share of the rest, and they meet in the file.
        """
        known: list[Tensor] = torch.load(file) if file.exists() else []
        begin = len(known[0]) if known else 0
        missing = np.arange(begin, len(frames.data))
        if len(missing) == 0:
            return PlanCache(known)
        world = dist.get_world_size() if dist.is_initialized() else 1
        share = file.with_suffix(f".{rank()}")
        save(plans_of(modules, frames, np.array_split(missing, world)[rank()]), share)
        meet()
        shares = [torch.load(file.with_suffix(f".{i}")) for i in range(world)]
        whole = [torch.cat(parts) for parts in zip(*([known] if known else []), *shares)]
        meet()
        if rank() == 0:
            save(whole, file)
        share.unlink()
        return PlanCache(whole)


def meet() -> None:
    if dist.is_initialized():
        dist.barrier()


@torch.no_grad()
def plans_of(modules: nn.ModuleDict, frames: SpatialData, rows: np.ndarray) -> list[Tensor]:
    answers = []
    for begin in range(0, len(rows), BATCH):
        words, images, _ = frames.batch(rows[begin : begin + BATCH])
        with autocast(frames.device):
            plan = run_planner(modules, words, images)
        places = (plan.points, plan.boxes, plan.trajectory)
        answers.append([plan.queries.half().cpu(), *(part.float().cpu() for part in places)])
        if rank() == 0 and begin // BATCH % 50 == 49:
            print(f"planning {begin + BATCH}/{len(rows)} frames", flush=True)
    return [torch.cat(parts) for parts in zip(*answers)]


def save(parts: list[Tensor], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + ".partial")
    torch.save(parts, partial)
    partial.replace(file)
