"""From stored pixels to what the networks see."""

from __future__ import annotations

import torch
from torch import Tensor

from .config import IMAGE_MEAN, IMAGE_STD


def normalise(pixels: Tensor) -> Tensor:
    """uint8 [B,3,H,W] -> float32, as the manifest says."""
    mean = torch.tensor(IMAGE_MEAN, device=pixels.device).view(1, 3, 1, 1)
    std = torch.tensor(IMAGE_STD, device=pixels.device).view(1, 3, 1, 1)
    return (pixels.float() * (1 / 255) - mean) / std


def jitter(images: Tensor, generator: torch.Generator) -> Tensor:
    """Changes light and colour of normalised images a little, never geometry: labels are pixels."""
    batch = images.shape[0]

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        values = low + (high - low) * torch.rand(batch, *shape, generator=generator)
        return values.to(images.device)

    gain = uniform(0.85, 1.15, 1, 1, 1) * uniform(0.95, 1.05, 3, 1, 1)
    return images * gain + uniform(-0.2, 0.2, 1, 1, 1)
