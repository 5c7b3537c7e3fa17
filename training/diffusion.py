"""DDIM over action chunks, as the runtime does it (docs/model-package.md)."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from .config import INFERENCE_STEPS, TRAIN_STEPS


def alphas_cumprod(steps: int = TRAIN_STEPS) -> Tensor:
    """The squared cosine schedule of Nichol and Dhariwal with betas capped at 0.999."""

    def alpha_bar(u: float) -> float:
        return math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [
        min(1 - alpha_bar((i + 1) / steps) / alpha_bar(i / steps), 0.999) for i in range(steps)
    ]
    return torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), 0)


def trailing_timesteps(
    inference_steps: int = INFERENCE_STEPS, steps: int = TRAIN_STEPS
) -> list[int]:
    """99, 79, 59, 39, 19 for 5 of 100: the first step starts from pure noise."""
    stride = steps // inference_steps
    return [steps - 1 - i * stride for i in range(inference_steps)]


def add_noise(clean: Tensor, noise: Tensor, t: Tensor, alphas: Tensor) -> Tensor:
    alpha = alphas.to(clean.dtype)[t].view(-1, 1, 1)
    return alpha.sqrt() * clean + (1 - alpha).sqrt() * noise


@torch.no_grad()
def ddim(
    predict_clean: Callable[[Tensor, Tensor], Tensor], noise: Tensor, prefix: Tensor
) -> Tensor:
    """Deterministic sampling; `predict_clean(x, t)` returns the clean chunk.

    The rows of `prefix` [B,P,dim] are decided already: every step sees them clean.
    """
    alphas = alphas_cumprod()
    timesteps = trailing_timesteps()
    x = with_prefix(noise, prefix)
    for i, t in enumerate(timesteps):
        alpha = alphas[t].item()
        alpha_next = alphas[timesteps[i + 1]].item() if i + 1 < len(timesteps) else 1.0
        clean = predict_clean(x, torch.full((x.shape[0],), t, dtype=torch.int64, device=x.device))
        error = (x - math.sqrt(alpha) * clean) / math.sqrt(1 - alpha)
        x = math.sqrt(alpha_next) * clean + math.sqrt(1 - alpha_next) * error
        x = with_prefix(x, prefix)
    return x


def with_prefix(chunk: Tensor, prefix: Tensor) -> Tensor:
    return torch.cat((prefix.to(chunk.dtype), chunk[:, prefix.shape[1] :]), 1)
