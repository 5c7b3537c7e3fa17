"""Building blocks shared by the planner and the expert."""

from __future__ import annotations

import functools
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MLP_RATIO = 3


@functools.cache
def constant(values: tuple[float, ...], device: torch.device) -> Tensor:
    """These numbers as a tensor, copied to the device once. Not for what is exported."""
    return torch.tensor(values, dtype=torch.float32, device=device)


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.GELU(approximate="tanh"), nn.Linear(hidden, outputs)
    )


class Attention(nn.Module):
    """Multi-head attention of `x` [B,N,D] over `context` [B,M,C].

    Written as plain matrix products: at these lengths that is faster on a CPU than the fused
    kernel, and it exports to a handful of ONNX nodes.
    """

    def __init__(self, width: int, heads: int, context_width: int | None = None):
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width)
        self.kv = nn.Linear(context_width or width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        batch, n, width = x.shape
        size = width // self.heads
        q = self.q(x).reshape(batch, n, self.heads, size).transpose(1, 2)
        kv = self.kv(context).reshape(batch, -1, 2, self.heads, size).permute(2, 0, 3, 1, 4)
        weights = (q * size**-0.5) @ kv[0].transpose(-2, -1)
        mixed = weights.softmax(-1).to(kv.dtype) @ kv[1]
        return self.out(mixed.transpose(1, 2).reshape(batch, n, width))


class Block(nn.Module):
    """A pre-norm transformer layer. With `last`, it returns that many tokens at the end alone."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = mlp(width, MLP_RATIO * width, width)

    def forward(self, x: Tensor, last: int | None = None) -> Tensor:
        normed = self.norm(x)
        if last is not None:
            x = x[:, -last:]
            x = x + self.attention(normed[:, -last:], normed)
        else:
            x = x + self.attention(normed, normed)
        return x + self.mlp(self.norm_mlp(x))


def begin_at_zero(layer: nn.Module) -> None:
    """A layer that adds nothing until it has learned to."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)


class ResidualConv(nn.Module):
    """Two 3x3 convolutions around a residual. No normalisation: it would dominate the time here."""

    def __init__(self, channels: int):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        begin_at_zero(self.second)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(F.relu(x))))


class Fourier(nn.Module):
    """Numbers near -1..1, and sines and cosines of their octaves: [..., n] -> [..., n factor]."""

    frequencies: Tensor

    def __init__(self, octaves: int):
        super().__init__()
        frequencies = math.pi * 2.0 ** torch.arange(octaves, dtype=torch.float32)
        self.register_buffer("frequencies", frequencies, persistent=False)
        self.factor = 1 + 2 * octaves

    def forward(self, values: Tensor) -> Tensor:
        angles = (values.unsqueeze(-1) * self.frequencies).flatten(-2)
        return torch.cat((values, angles.sin(), angles.cos()), -1)


def timestep_features(t: Tensor, size: int) -> Tensor:
    """Sinusoids of diffusion timesteps [B] -> [B, size], cosines first as in DiT."""
    half = size // 2
    frequencies = torch.exp(
        -math.log(10000.0) / half * torch.arange(half, dtype=torch.float32, device=t.device)
    )
    angles = t.float().unsqueeze(-1) * frequencies
    return torch.cat((angles.cos(), angles.sin()), -1)
