"""Building blocks whose weights are stand-ins until they are filled.

A stand-in has the shape of the weight but the memory of one number, so a network of any size can be
built and traced at once. `fill` puts the checkpoint's numbers in, to compute with them in torch.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

from .sources import Sources
from .weights import WeightStore

# No two stand-ins are equal, or the tracer would take them for one.
_unique = itertools.count(1)


def stand_in(*shape: int) -> nn.Parameter:
    value = torch.tensor(float(next(_unique) % 65_000))
    return nn.Parameter(value.expand(shape), requires_grad=False)


@torch.no_grad()
def fill(module: nn.Module, sources: Sources, store: WeightStore) -> nn.Module:
    """Float32 numbers of the checkpoint in place of the stand-ins."""
    for name, parameter in module.named_parameters():
        parameter.data = sources[name].load(store).contiguous()
    return module.float().eval().requires_grad_(False)


@torch.no_grad()
def halve(module: nn.Module) -> nn.Module:
    """float16 stand-ins, but for the norms and the buffers, which stay float32."""
    for part in module.modules():
        if not isinstance(part, (RmsNorm, LayerNorm)):
            for parameter in part.parameters(recurse=False):
                parameter.data = parameter.data.half()
    return module


class Dense(nn.Module):
    """x W + b with W [in, out], the layout of ONNX MatMul."""

    def __init__(self, inputs: int, outputs: int, bias: bool = True):
        super().__init__()
        self.weight = stand_in(inputs, outputs)
        self.bias = stand_in(outputs) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        y = x @ self.weight
        return y if self.bias is None else y + self.bias


class RmsNorm(nn.Module):
    """Qwen's: computed in float32 in networks of any precision."""

    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight, self.eps = stand_in(width), eps

    def forward(self, x: Tensor) -> Tensor:
        y = x.float()
        # In the steps that onnxruntime knows as one operation.
        y = y / torch.sqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)
        return (self.weight * y).to(x.dtype)


class LayerNorm(nn.Module):
    """Computed in float32, too."""

    def __init__(self, width: int, eps: float, affine: bool = True):
        super().__init__()
        self.width, self.eps = width, eps
        self.weight = stand_in(width) if affine else None
        self.bias = stand_in(width) if affine else None

    def forward(self, x: Tensor) -> Tensor:
        y = nn.functional.layer_norm(x.float(), (self.width,), self.weight, self.bias, self.eps)
        return y.to(x.dtype)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """[B,L,heads*D] -> [B,heads,L,D]."""
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join_heads(x: Tensor) -> Tensor:
    """[B,heads,L,D] -> [B,L,heads*D]."""
    return x.transpose(1, 2).flatten(2)


def attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """Softmax attention over [B,heads,L,D]; `mask` is true where a key must not be seen."""
    return attend_scaled(q * q.shape[-1] ** -0.5, k, v, mask)


def attend_scaled(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    scores = q @ k.transpose(-1, -2)
    if mask is not None:
        scores = scores.masked_fill(mask, torch.finfo(scores.dtype).min)
    return scores.float().softmax(-1).to(v.dtype) @ v


def inverse_frequencies(theta: float, dimensions: int) -> Tensor:
    """One per pair of channels; written so that float32 gives the reference's bits."""
    return 1.0 / theta ** (torch.arange(0, dimensions, 2, dtype=torch.float32) / dimensions)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding; cos and sin are those of half the width, used for both halves."""
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)
