"""Deterministic DDIM with predicted noise and leading timesteps: 90, 80 ... 0 for 10 of 100."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ..config import TRAIN_STEPS
from ..diffusion import alphas_cumprod


def leading_timesteps(steps: int, train_steps: int = TRAIN_STEPS) -> list[int]:
    """`steps` divides `train_steps`; a single step is not admissible: it would begin at t = 0."""
    if steps < 2 or train_steps % steps:
        raise ValueError(
            f"inference steps: expected a divisor of {train_steps} above 1, not {steps}"
        )
    stride = train_steps // steps
    return [stride * i for i in reversed(range(steps))]


@torch.no_grad()
def denoise(predict: Callable[[Tensor, Tensor], Tensor], noise: Tensor, steps: int) -> Tensor:
    """`predict(x, t)` gives the noise in x [1,rows,7]; t is int64 [1]. No clipping, eta 0."""
    alphas = alphas_cumprod()
    timesteps = leading_timesteps(steps)
    x = noise
    for i, t in enumerate(timesteps):
        now = alphas[t].item()
        after = alphas[timesteps[i + 1]].item() if i + 1 < steps else 1.0
        eps = predict(x, torch.tensor([t]))
        clean = x / math.sqrt(now) - math.sqrt(1 / now - 1) * eps
        x = math.sqrt(after) * clean + math.sqrt(1 - after) * eps
    return x
