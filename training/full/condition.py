"""The querying transformer between planner and expert, split so that either side may run alone.

Reference: cond = QFormer([hidden; linear(eye)]) with keys and values from proj of each token. proj
is linear in each token, so the planner may send proj(hidden), and proj(linear(eye)) is one layer.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .architecture import ExpertSizes, LanguageSizes
from .layers import Dense, LayerNorm, attend_scaled, join_heads, split_heads, stand_in
from .sources import Source, Sources, linear, norm, same, under

EPS = 1e-5
ROOT = "layer_qformer"
BLOCK = f"{ROOT}.layers.0"


class Condition(nn.Module):
    """vlm_proj [1,L,C], eye_tokens [1,256V,E] -> cond [1,queries,C]."""

    def __init__(self, sizes: ExpertSizes):
        super().__init__()
        self.heads = sizes.query_heads
        width = sizes.width
        self.eye = Dense(sizes.dino_width, width)  # linear and proj in one
        self.queries = stand_in(1, sizes.queries, width)
        # What attention makes of the queries, scaled: they are the same for every input.
        self.projected = stand_in(1, self.heads, sizes.queries, width // self.heads)
        self.key_value, self.out = Dense(width, 2 * width), Dense(width, width)
        self.norm = LayerNorm(width, EPS)
        self.up, self.down = Dense(width, 4 * width), Dense(4 * width, width)

    def forward(self, vlm_proj: Tensor, eye_tokens: Tensor) -> Tensor:
        dtype = self.queries.dtype
        tokens = torch.cat((vlm_proj.to(dtype), self.eye(eye_tokens.to(dtype))), 1)
        key, value = (split_heads(x, self.heads) for x in self.key_value(tokens).chunk(2, -1))
        found = attend_scaled(self.projected, key, value)
        x = self.queries + self.out(join_heads(found))
        x = x + self.down(nn.functional.gelu(self.up(self.norm(x))))
        return x.float()


def proj_sources(language: LanguageSizes, s: ExpertSizes) -> Sources:
    """The planner's side of the split."""
    return linear(f"{ROOT}.proj", "proj", language.width, s.width)


def condition_sources(language: LanguageSizes, s: ExpertSizes) -> Sources:
    width, wide = s.width, language.width
    proj = (f"{ROOT}.proj.weight", (width, wide))
    eye = ("dino_pro.weight", (wide, s.dino_width))
    eye_bias = ("dino_pro.bias", (wide,))
    proj_bias = (f"{ROOT}.proj.bias", (width,))
    packed = (f"{BLOCK}.cross_attn.in_proj_weight", (3 * width, width))
    packed_bias = (f"{BLOCK}.cross_attn.in_proj_bias", (3 * width,))
    queries = (f"{ROOT}.query_tokens", (s.queries, width))
    query_norm = tuple((f"{BLOCK}.norm1.{part}", (width,)) for part in ("weight", "bias"))

    def projected(q: Tensor, weight: Tensor, bias: Tensor, w: Tensor, b: Tensor) -> Tensor:
        q = nn.functional.layer_norm(q, (width,), weight, bias, EPS)
        q = split_heads((q @ w[:width].t() + b[:width]).unsqueeze(0), s.query_heads)
        return q * q.shape[-1] ** -0.5

    sources: Sources = {
        "eye.weight": Source((eye, proj), lambda e, p: (p.double() @ e.double()).float().t()),
        "eye.bias": Source((eye_bias, proj, proj_bias), lambda e, p, b: p @ e + b),
        "queries": Source((queries,), lambda q: q.unsqueeze(0)),
        "projected": Source((queries, *query_norm, packed, packed_bias), projected),
        "key_value.weight": Source((packed,), lambda w: w[width:].t()),
        "key_value.bias": Source((packed_bias,), lambda b: b[width:]),
    }
    sources |= linear(f"{BLOCK}.cross_attn.out_proj", "out", width, width)
    sources |= norm(f"{BLOCK}.norm2", "norm", width)
    sources |= linear(f"{BLOCK}.mlp.0", "up", width, 4 * width)
    return sources | linear(f"{BLOCK}.mlp.2", "down", 4 * width, width)


class ReferenceCondition(nn.Module):
    """The same in the reference's order, unsplit: to prove the split against."""

    def __init__(self, language: LanguageSizes, sizes: ExpertSizes):
        super().__init__()
        self.width = sizes.width
        self.dino_pro = Dense(sizes.dino_width, language.width)
        self.proj = Dense(language.width, sizes.width)
        self.query_tokens = stand_in(sizes.queries, sizes.width)
        self.norm1, self.norm2 = LayerNorm(sizes.width, EPS), LayerNorm(sizes.width, EPS)
        self.attention = nn.MultiheadAttention(sizes.width, sizes.query_heads, batch_first=True)
        self.up, self.down = (
            Dense(sizes.width, 4 * sizes.width),
            Dense(4 * sizes.width, sizes.width),
        )

    def forward(self, hidden: Tensor, eye_tokens: Tensor) -> Tensor:
        tokens = self.proj(torch.cat((hidden, self.dino_pro(eye_tokens)), 1))
        x = self.query_tokens.unsqueeze(0)
        x = x + self.attention(self.norm1(x), tokens, tokens, need_weights=False)[0]
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))


def reference_sources(language: LanguageSizes, s: ExpertSizes) -> Sources:
    width = s.width
    attention = {
        "in_proj_weight": same(f"{BLOCK}.cross_attn.in_proj_weight", 3 * width, width),
        "in_proj_bias": same(f"{BLOCK}.cross_attn.in_proj_bias", 3 * width),
        "out_proj.weight": same(f"{BLOCK}.cross_attn.out_proj.weight", width, width),
        "out_proj.bias": same(f"{BLOCK}.cross_attn.out_proj.bias", width),
    }
    sources = under("attention", attention) | proj_sources(language, s)
    sources |= linear("dino_pro", "dino_pro", s.dino_width, language.width)
    sources["query_tokens"] = same(f"{ROOT}.query_tokens", s.queries, width)
    sources |= norm(f"{BLOCK}.norm1", "norm1", width) | norm(f"{BLOCK}.norm2", "norm2", width)
    sources |= linear(f"{BLOCK}.mlp.0", "up", width, 4 * width)
    return sources | linear(f"{BLOCK}.mlp.2", "down", 4 * width, width)
