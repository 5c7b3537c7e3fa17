"""The denoiser: a transformer over [condition + time | action rows], with guidance inside."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from .architecture import ACTION_DIM, ExpertSizes
from .layers import Dense, LayerNorm, attend, join_heads, split_heads, stand_in
from .sources import Source, Sources, linear, same, under

EPS = 1e-6
LONGEST_PERIOD = 10_000.0
ROOT = "action_model.net"
# In the weights but not in the computation: the framework keeps no history.
UNUSED = tuple(f"{ROOT}.history_embedder.linear.{part}" for part in ("weight", "bias"))


class Denoiser(nn.Module):
    """x [1,rows,7], t int64 [1], cond [1,queries,C], cfg_scale [1] -> eps [1,rows,7].

    eps = u + scale (c - u), with u the prediction under the learned "no condition". A scale of at
    most 1 means no guidance, as in the reference.
    """

    def __init__(self, sizes: ExpertSizes):
        super().__init__()
        self.queries, self.frequencies = sizes.queries, sizes.frequencies
        width = sizes.width
        self.action = Dense(ACTION_DIM, width)
        self.time1, self.time2 = Dense(sizes.frequencies, width), Dense(width, width)
        self.cond = Dense(width, width)
        self.without = stand_in(1, sizes.queries, width)  # the layer above on "no condition"
        self.positions = stand_in(sizes.queries + sizes.horizon, width)
        self.blocks = nn.ModuleList(DenoiserBlock(sizes) for _ in range(sizes.dit_depth))
        self.norm = LayerNorm(width, EPS, affine=False)
        self.out = Dense(width, ACTION_DIM)

    def forward(self, x: Tensor, t: Tensor, cond: Tensor, cfg_scale: Tensor) -> Tensor:
        dtype = self.without.dtype
        z = torch.cat((self.cond(cond.to(dtype)), self.without), 0)
        eps = self.predict(x.to(dtype).expand(2, -1, -1), t, z)
        given, none = eps[:1].float(), eps[1:].float()
        return none + cfg_scale.clamp(min=1).view(1, 1, 1) * (given - none)

    def predict(self, x: Tensor, t: Tensor, z: Tensor) -> Tensor:
        time = self.time(t, z.dtype)
        x = torch.cat((z + time.unsqueeze(1), self.action(x)), 1) + self.positions
        for block in self.blocks[:-1]:
            x = block(x)
        # Of the last block nothing is read but the action rows.
        return self.out(self.norm(self.blocks[-1](x, self.queries)))

    def time(self, t: Tensor, dtype: torch.dtype) -> Tensor:
        half = self.frequencies // 2
        scale = -math.log(LONGEST_PERIOD) / half
        angles = t.float().unsqueeze(1) * torch.exp(torch.arange(half, dtype=torch.float32) * scale)
        waves = torch.cat((angles.cos(), angles.sin()), 1).to(dtype)
        return self.time2(nn.functional.silu(self.time1(waves)))


class DenoiserBlock(nn.Module):
    def __init__(self, sizes: ExpertSizes):
        super().__init__()
        self.heads = sizes.dit_heads
        width = sizes.width
        self.norm = LayerNorm(width, EPS, affine=False)
        self.qkv, self.out = Dense(width, 3 * width), Dense(width, width)
        self.up, self.down = Dense(width, 4 * width), Dense(4 * width, width)

    def forward(self, x: Tensor, first: int = 0) -> Tensor:
        """The rows from `first` on, which see all rows."""
        q, k, v = (split_heads(part, self.heads) for part in self.qkv(self.norm(x)).chunk(3, -1))
        if first:
            x, q = x[:, first:], q[:, :, first:]
        x = x + self.out(join_heads(attend(q, k, v)))
        return x + self.down(nn.functional.gelu(self.up(self.norm(x)), approximate="tanh"))


def dit_sources(s: ExpertSizes) -> Sources:
    width = s.width
    weight, bias = (
        (f"{ROOT}.z_embedder.linear.weight", (width, width)),
        (
            f"{ROOT}.z_embedder.linear.bias",
            (width,),
        ),
    )
    nothing = (f"{ROOT}.z_embedder.uncondition", (s.queries, width))
    sources: Sources = {
        "positions": same(f"{ROOT}.positional_embedding", s.queries + s.horizon, width),
        "without": Source((nothing, weight, bias), lambda u, w, b: (u @ w.t() + b).unsqueeze(0)),
    }
    sources |= linear(f"{ROOT}.x_embedder.linear", "action", ACTION_DIM, width)
    sources |= linear(f"{ROOT}.t_embedder.mlp.0", "time1", s.frequencies, width)
    sources |= linear(f"{ROOT}.t_embedder.mlp.2", "time2", width, width)
    sources |= linear(f"{ROOT}.z_embedder.linear", "cond", width, width)
    sources |= linear(f"{ROOT}.final_layer.linear", "out", width, ACTION_DIM)
    for i in range(s.dit_depth):
        sources |= under(f"blocks.{i}", block_sources(f"{ROOT}.blocks.{i}", width))
    return sources


def block_sources(root: str, width: int) -> Sources:
    sources = linear(f"{root}.attn.qkv", "qkv", width, 3 * width)
    sources |= linear(f"{root}.attn.proj", "out", width, width)
    sources |= linear(f"{root}.mlp.fc1", "up", width, 4 * width)
    return sources | linear(f"{root}.mlp.fc2", "down", 4 * width, width)
