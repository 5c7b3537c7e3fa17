"""Converts stored pixels to what the networks see, and varies their colours in training."""

from __future__ import annotations

import torch
from torch import Tensor

from .config import IMAGE_MEAN, IMAGE_STD
from .layers import constant


def normalise(pixels: Tensor) -> Tensor:
    """Converts pixels uint8 [B,3,H,W] to float32 with the mean and deviation of the manifest."""
    mean = constant(IMAGE_MEAN, pixels.device).view(1, 3, 1, 1)
    std = constant(IMAGE_STD, pixels.device).view(1, 3, 1, 1)
    return (pixels.float() * (1 / 255) - mean) / std


def draw_color_jitter(count: int, generator: torch.Generator) -> Tensor:
    """Draws changes of light and colour: [count,4], a gain for each channel, an offset for all."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(count, *shape, generator=generator)

    gain = uniform(0.85, 1.15, 1) * uniform(0.95, 1.05, 3)
    return torch.cat((gain, uniform(-0.2, 0.2, 1)), 1)


def apply_color_jitter(images: Tensor, jitter: Tensor) -> Tensor:
    """Changes the colours of normalised images [B,3,H,W]; labels are pixels, so geometry stays."""
    gain, offset = jitter[:, :3, None, None], jitter[:, 3:, None, None]
    return images * gain + offset
