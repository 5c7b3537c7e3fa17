"""Qwen2.5-VL's vision tower for still pictures of 224 x 224, in a form that exports.

The tower attends in windows of a few patches, and in some blocks over the whole picture. With the
size fixed, patches can be put in the order of the windows at once; a window is then a reshape, and
there are no lists of lengths. The kernel over two equal frames is the sum of its two halves.
Source of the computation: arXiv:2502.13923, section 2.1; checked against transformers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .architecture import VisionSizes
from .layers import Dense, RmsNorm, attend, inverse_frequencies, join_heads, rotate, split_heads
from .sources import Source, Sources, concatenated, linear, same, under

EPS = 1e-6
THETA = 10_000.0


class VisionTower(nn.Module):
    """image [V,3,224,224], normalised -> image_features [1,tokens*V,out]."""

    def __init__(self, sizes: VisionSizes):
        super().__init__()
        self.sizes = sizes
        self.patch = Dense(3 * sizes.patch**2, sizes.width, bias=False)
        self.blocks = nn.ModuleList(
            VisionBlock(sizes, i in sizes.full_blocks) for i in range(sizes.depth)
        )
        self.norm = RmsNorm(sizes.width, EPS)
        merged = sizes.width * sizes.merge**2
        self.up, self.down = Dense(merged, merged), Dense(merged, sizes.out)
        cos, sin = rotations(sizes)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        s = self.sizes
        dtype = self.patch.weight.dtype
        x = self.patch(patches(image.to(dtype), s))
        cos, sin = self.cos.to(dtype), self.sin.to(dtype)
        for block in self.blocks:
            x = block(x, cos, sin)
        x = self.norm(x).unflatten(1, (-1, s.merge**2)).flatten(2)
        x = self.down(nn.functional.gelu(self.up(x)))
        side = s.grid // s.merge // s.windows
        x = x.unflatten(1, (s.windows, s.windows, side, side)).permute(0, 1, 3, 2, 4, 5)
        return x.reshape(1, -1, s.out).float()


class VisionBlock(nn.Module):
    def __init__(self, sizes: VisionSizes, full: bool):
        super().__init__()
        self.heads, self.groups = sizes.heads, 1 if full else sizes.windows**2
        self.norm1, self.norm2 = RmsNorm(sizes.width, EPS), RmsNorm(sizes.width, EPS)
        self.qkv, self.out = Dense(sizes.width, 3 * sizes.width), Dense(sizes.width, sizes.width)
        self.gate_up, self.down = Dense(sizes.width, 2 * sizes.mlp), Dense(sizes.mlp, sizes.width)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.out(self.attention(self.norm1(x), cos, sin))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(nn.functional.silu(gate) * up)

    def attention(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        count = x.shape[1]
        q, k, v = (split_heads(part, self.heads) for part in self.qkv(x).chunk(3, -1))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        q, k, v = (self.windows(part) for part in (q, k, v))
        x = attend(q, k, v)
        x = x.unflatten(0, (-1, self.groups)).transpose(1, 2)  # [V,heads,groups,patches,D]
        return join_heads(x.flatten(2, 3)).reshape(-1, count, x.shape[1] * x.shape[-1])

    def windows(self, x: Tensor) -> Tensor:
        """[V,heads,patches,D] -> [V*groups,heads,patches of a group,D]."""
        return x.unflatten(2, (self.groups, -1)).transpose(1, 2).flatten(0, 1)


def patches(image: Tensor, s: VisionSizes) -> Tensor:
    """[V,3,H,W] -> [V,patches,3*patch*patch]: by window, then by merged patch, then by patch."""
    side = s.grid // s.merge // s.windows
    line = (s.windows, side, s.merge, s.patch)
    x = image.unflatten(3, line).unflatten(2, line)  # V,3, w,u,m,p, w,u,m,p
    x = x.permute(0, 2, 6, 3, 7, 4, 8, 1, 5, 9)
    return x.reshape(-1, s.grid**2, 3 * s.patch**2)


def rotations(s: VisionSizes) -> tuple[Tensor, Tensor]:
    """cos and sin [patches, head_dim/2]: one half turns with the row, one with the column."""
    frequencies = inverse_frequencies(THETA, s.width // s.heads // 2)
    side = s.grid // s.merge // s.windows
    line = torch.arange(s.grid, dtype=torch.float32).view(s.windows, side, s.merge)
    shape = (s.windows, s.windows, side, side, s.merge, s.merge)
    rows = line[:, None, :, None, :, None].expand(shape).reshape(-1, 1)
    columns = line[None, :, None, :, None, :].expand(shape).reshape(-1, 1)
    angles = torch.cat((rows * frequencies, columns * frequencies), -1)
    return angles.cos(), angles.sin()


def vision_sources(s: VisionSizes) -> Sources:
    root = "vlm.visual"
    kernel = (s.width, 3, s.frames, s.patch, s.patch)
    sources: Sources = {
        "patch.weight": Source(
            ((f"{root}.patch_embed.proj.weight", kernel),), lambda w: w.sum(2).flatten(1).t()
        ),
        "norm.weight": same(f"{root}.merger.ln_q.weight", s.width),
    }
    merged = s.width * s.merge**2
    sources |= linear(f"{root}.merger.mlp.0", "up", merged, merged)
    sources |= linear(f"{root}.merger.mlp.2", "down", merged, s.out)
    for i in range(s.depth):
        sources |= under(f"blocks.{i}", block_sources(f"{root}.blocks.{i}", s))
    return sources


def block_sources(root: str, s: VisionSizes) -> Sources:
    gate = linear(f"{root}.mlp.gate_proj", "x", s.width, s.mlp)
    up = linear(f"{root}.mlp.up_proj", "x", s.width, s.mlp)
    sources = {f"norm{i}.weight": same(f"{root}.norm{i}.weight", s.width) for i in (1, 2)}
    sources |= linear(f"{root}.attn.qkv", "qkv", s.width, 3 * s.width)
    sources |= linear(f"{root}.attn.proj", "out", s.width, s.width)
    sources |= linear(f"{root}.mlp.down_proj", "down", s.mlp, s.width)
    for part in ("weight", "bias"):
        sources[f"gate_up.{part}"] = concatenated(gate[f"x.{part}"], up[f"x.{part}"])
    return sources
