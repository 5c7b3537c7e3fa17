"""One training in several processes, as torchrun starts them."""

from __future__ import annotations

import torch.distributed as dist


def join_processes(device: str) -> None:
    """Makes the processes that torchrun started one training; each draws its own batches."""
    if dist.is_torchelastic_launched() and not dist.is_initialized():
        dist.init_process_group("gloo" if device == "cpu" else "nccl")


def rank() -> int:
    """The number of this process; 0 without torchrun."""
    return dist.get_rank() if dist.is_initialized() else 0
