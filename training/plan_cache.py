"""The planner's answers for every frame of the episodes, computed once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from .grounding import SpatialData, autocast, run_planner
from .loop import rank

BATCH = 64


class PlanCache:
    """Query states (half precision), points, boxes and trajectories by row."""

    def __init__(self, parts: list[Tensor]):
        self.parts = parts

    def take(self, rows: np.ndarray) -> list[Tensor]:
        return [part[rows].float() for part in self.parts]

    @staticmethod
    def build(modules: nn.ModuleDict, frames: SpatialData, file: Path) -> PlanCache:
        """Under torchrun every process does its share; the file lets them, and a resumed run, meet."""
        if file.exists():
            cache = PlanCache(torch.load(file, mmap=True))
            if len(cache.parts[0]) == len(frames.data):
                return cache
            file.unlink(missing_ok=True)
        world = dist.get_world_size() if dist.is_initialized() else 1
        share = np.array_split(np.arange(len(frames.data)), world)[rank()]
        own = plans_of(modules, frames, share)
        if world == 1:
            save(own, file)
            return PlanCache(own)
        save(own, file.with_suffix(f".{rank()}"))
        dist.barrier()
        shares = [torch.load(file.with_suffix(f".{i}")) for i in range(world)]
        whole = [torch.cat(parts) for parts in zip(*shares)]
        dist.barrier()
        if rank() == 0:
            save(whole, file)
        file.with_suffix(f".{rank()}").unlink()
        return PlanCache(whole)


@torch.no_grad()
def plans_of(modules: nn.ModuleDict, frames: SpatialData, rows: np.ndarray) -> list[Tensor]:
    answers = []
    for begin in range(0, len(rows), BATCH):
        words, images, _ = frames.batch(rows[begin : begin + BATCH])
        with autocast(frames.device):
            plan = run_planner(modules, words, images)
        answers.append([plan.queries.half().cpu()] + [p.float().cpu() for p in (plan.points, plan.boxes, plan.trajectory)])
        if rank() == 0 and begin // BATCH % 50 == 49:
            print(f"planning {begin + BATCH}/{len(rows)} frames", flush=True)
    return [torch.cat(parts) for parts in zip(*answers)]


def save(parts: list[Tensor], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(file.name + ".partial")
    torch.save(parts, partial)
    partial.replace(file)
