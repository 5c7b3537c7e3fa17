"""DINOv2, the expert's eye: patch tokens after the final norm. arXiv:2304.07193."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .architecture import IMAGE_SIZE, ExpertSizes
from .layers import Dense, LayerNorm, attend, join_heads, split_heads, stand_in
from .sources import Source, Sources, linear, norm, same, under

EPS = 1e-6
ROOT = "dino_encoder.body"
# In the weights but not in the computation.
UNUSED = (f"{ROOT}.mask_token",)


class DinoEye(nn.Module):
    """image [V,3,224,224], normalised -> eye_tokens [1,256V,width]."""

    def __init__(self, sizes: ExpertSizes):
        super().__init__()
        self.patch_size, self.width = sizes.dino_patch, sizes.dino_width
        self.patch = Dense(3 * sizes.dino_patch**2, sizes.dino_width)
        self.first = stand_in(1, 1, sizes.dino_width)  # class token with its position
        self.positions = stand_in(sizes.eye_tokens, sizes.dino_width)
        self.blocks = nn.ModuleList(DinoBlock(sizes) for _ in range(sizes.dino_depth))
        self.norm = LayerNorm(sizes.dino_width, EPS)

    def forward(self, image: Tensor) -> Tensor:
        image = image.to(self.patch.weight.dtype)
        line = (-1, self.patch_size)
        x = image.unflatten(3, line).unflatten(2, line).permute(0, 2, 4, 1, 3, 5)
        x = self.patch(x.flatten(3).flatten(1, 2)) + self.positions
        x = torch.cat((self.first.expand(x.shape[0], -1, -1), x), 1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 1:].reshape(1, -1, self.width).float()


class DinoBlock(nn.Module):
    def __init__(self, sizes: ExpertSizes):
        super().__init__()
        self.heads = sizes.dino_heads
        width = sizes.dino_width
        self.norm1, self.norm2 = LayerNorm(width, EPS), LayerNorm(width, EPS)
        self.qkv, self.out = Dense(width, 3 * width), Dense(width, width)
        self.up, self.down = Dense(width, 4 * width), Dense(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (split_heads(part, self.heads) for part in self.qkv(self.norm1(x)).chunk(3, -1))
        x = x + self.out(join_heads(attend(q, k, v)))
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))


def interpolate_positions(positions: Tensor, side: int) -> Tensor:
    """[N*N,C] -> [side*side,C] as the original release of DINOv2 does it.

    It resizes by the factor (side + 0.1) / N, not by side / N, and keeps that factor for the
    coordinates. transformers resizes to the exact size; the difference in the tokens is not small.
    """
    known = round(positions.shape[0] ** 0.5)
    grid = positions.view(1, known, known, -1).permute(0, 3, 1, 2)
    factor = (side + 0.1) / known
    grid = nn.functional.interpolate(grid, scale_factor=(factor, factor), mode="bicubic")
    assert grid.shape[-2:] == (side, side)
    return grid[0].flatten(1).t()


def dino_sources(s: ExpertSizes) -> Sources:
    width, patch = s.dino_width, s.dino_patch
    positions = (f"{ROOT}.pos_embed", (1, 1 + s.dino_positions, width))
    kernel = (f"{ROOT}.patch_embed.proj.weight", (width, 3, patch, patch))
    sources: Sources = {
        "patch.weight": Source((kernel,), lambda w: w.flatten(1).t()),
        "patch.bias": same(f"{ROOT}.patch_embed.proj.bias", width),
        "first": Source(
            ((f"{ROOT}.cls_token", (1, 1, width)), positions), lambda c, p: c + p[:, :1]
        ),
        "positions": Source(
            (positions,), lambda p: interpolate_positions(p[0, 1:], IMAGE_SIZE // patch)
        ),
    }
    sources |= norm(f"{ROOT}.norm", "norm", width)
    for i in range(s.dino_depth):
        sources |= under(f"blocks.{i}", block_sources(f"{ROOT}.blocks.{i}", width))
    return sources


def block_sources(root: str, width: int) -> Sources:
    sources = norm(f"{root}.norm1", "norm1", width) | norm(f"{root}.norm2", "norm2", width)
    sources |= linear(f"{root}.attn.qkv", "qkv", width, 3 * width)
    sources |= linear(f"{root}.mlp.fc1", "up", width, 4 * width)
    sources |= scaled(f"{root}.attn.proj", f"{root}.ls1.gamma", "out", width, width)
    return sources | scaled(f"{root}.mlp.fc2", f"{root}.ls2.gamma", "down", 4 * width, width)


def scaled(name: str, gamma: str, target: str, inputs: int, outputs: int) -> Sources:
    """A linear layer with the layer scale that follows it folded in."""
    scale = (gamma, (outputs,))
    weight = (f"{name}.weight", (outputs, inputs))
    bias = (f"{name}.bias", (outputs,))
    return {
        f"{target}.weight": Source((weight, scale), lambda w, g: w.t() * g),
        f"{target}.bias": Source((bias, scale), lambda b, g: b * g),
    }
