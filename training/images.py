"""From stored pixels to what the networks see."""

from __future__ import annotations

import torch
from torch import Tensor

from .config import IMAGE_MEAN, IMAGE_STD
from .layers import constant


def normalise(pixels: Tensor) -> Tensor:
    """uint8 [B,3,H,W] -> float32, as the manifest says."""
    mean = constant(IMAGE_MEAN, pixels.device).view(1, 3, 1, 1)
    std = constant(IMAGE_STD, pixels.device).view(1, 3, 1, 1)
    return (pixels.float() * (1 / 255) - mean) / std


def draw_light(count: int, generator: torch.Generator) -> Tensor:
    """Changes of light and colour: [count,4], a gain for each channel and an offset for all."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(count, *shape, generator=generator)

    gain = uniform(0.85, 1.15, 1) * uniform(0.95, 1.05, 3)
    return torch.cat((gain, uniform(-0.2, 0.2, 1)), 1)


def lit(images: Tensor, light: Tensor) -> Tensor:
    """Normalised images in another light; their geometry stays: labels are pixels."""
    gain, offset = light[:, :3, None, None], light[:, 3:, None, None]
    return images * gain + offset
