"""Qwen2.5-VL's language model with positions as an input, in the three forms that are exported."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .architecture import LanguageSizes
from .layers import (
    Dense,
    RmsNorm,
    attend,
    inverse_frequencies,
    join_heads,
    rotate,
    split_heads,
    stand_in,
)
from .sources import Sources, concatenated, linear, same, transposed, under


class LanguageModel(nn.Module):
    """Embeddings [1,L,C] -> hidden state after the final norm, and keys and values by layer."""

    choice: Tensor

    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.sizes = sizes
        self.embedding = stand_in(sizes.vocabulary, sizes.width)
        self.layers = nn.ModuleList(LanguageLayer(sizes) for _ in range(sizes.layers))
        self.norm = RmsNorm(sizes.width, sizes.eps)
        half = sizes.head_dim // 2
        frequencies = inverse_frequencies(sizes.theta, sizes.head_dim)
        # Which of time, row and column turns each pair of channels.
        axis = torch.repeat_interleave(
            torch.arange(len(sizes.mrope)) % 3, torch.tensor(sizes.mrope)
        )
        choice = nn.functional.one_hot(axis, 3).t().float() * frequencies  # [3,half]
        self.register_buffer("choice", choice.view(3, 1, 1, half), persistent=False)

    def embed(self, input_ids: Tensor, image_features: Tensor | None) -> Tensor:
        """The n-th image token is replaced by the n-th image feature."""
        x = nn.functional.embedding(input_ids, self.embedding)
        if image_features is None:
            return x
        is_image = input_ids == self.sizes.image_token
        index = (is_image.long().cumsum(1) - 1).clamp(min=0)
        features = nn.functional.embedding(index, image_features.to(x.dtype)[0])
        return torch.where(is_image.unsqueeze(-1), features, x)

    def forward(
        self,
        x: Tensor,
        position_ids: Tensor,
        past_keys: Tensor | None = None,
        past_values: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        angles = (position_ids.unsqueeze(-1).float() * self.choice).sum(0).unsqueeze(1)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)  # [1,1,L,half]
        mask, keys, values = None, [], []
        if past_keys is None:
            order = torch.arange(x.shape[1])
            mask = order.unsqueeze(0) > order.unsqueeze(1)
        for i, layer in enumerate(self.layers):
            past = None
            if past_keys is not None and past_values is not None:
                past = (past_keys[i], past_values[i])
            x, key, value = layer(x, cos, sin, mask, past)
            keys.append(key)
            values.append(value)
        return self.norm(x), torch.stack(keys), torch.stack(values)


class LanguageLayer(nn.Module):
    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.sizes = s = sizes
        self.norm1, self.norm2 = RmsNorm(s.width, s.eps), RmsNorm(s.width, s.eps)
        self.qkv = Dense(s.width, (s.heads + 2 * s.kv_heads) * s.head_dim)
        self.out = Dense(s.heads * s.head_dim, s.width, bias=False)
        self.gate_up = Dense(s.width, 2 * s.mlp, bias=False)
        self.down = Dense(s.mlp, s.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, past) -> tuple:
        attention, key, value = self.attention(self.norm1(x), cos, sin, mask, past)
        x = x + self.out(attention)
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(nn.functional.silu(gate) * up), key, value

    def attention(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor | None, past) -> tuple:
        s = self.sizes
        shared = s.kv_heads * s.head_dim
        q, k, v = self.qkv(x).split((s.heads * s.head_dim, shared, shared), -1)
        q = rotate(split_heads(q, s.heads), cos, sin)
        k = rotate(split_heads(k, s.kv_heads), cos, sin)
        v = split_heads(v, s.kv_heads)
        if past is not None:
            k, v = torch.cat((past[0].to(k.dtype), k), 2), torch.cat((past[1].to(v.dtype), v), 2)
        # Several query heads share a key head: [1,kv,group,L,D] against [1,kv,1,P,D].
        q = q.unflatten(1, (s.kv_heads, -1))
        found = attend(q, k.unsqueeze(2), v.unsqueeze(2), mask).flatten(1, 2)
        return join_heads(found), k, v


class PlannerLanguage(nn.Module):
    """planner_llm: what the expert reads; proj is linear in each token, so it can be here."""

    def __init__(self, sizes: LanguageSizes, width: int):
        super().__init__()
        self.language, self.proj = LanguageModel(sizes), Dense(sizes.width, width)

    def forward(self, input_ids: Tensor, image_features: Tensor, position_ids: Tensor) -> Tensor:
        x = self.language.embed(input_ids, image_features)
        return self.proj(self.language(x, position_ids)[0]).float()


class PlannerPrefill(nn.Module):
    """planner_llm_kv: the first word of an answer, and what the next ones need."""

    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.language = LanguageModel(sizes)
        self.head = Dense(sizes.width, sizes.vocabulary, bias=False)

    def forward(self, input_ids: Tensor, image_features: Tensor, position_ids: Tensor):
        x = self.language.embed(input_ids, image_features)
        hidden, keys, values = self.language(x, position_ids)
        return self.head(hidden[:, -1]).float(), keys.float(), values.float()


class PlannerDecode(nn.Module):
    """planner_llm_decode: one word more."""

    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.language = LanguageModel(sizes)
        self.head = Dense(sizes.width, sizes.vocabulary, bias=False)

    def forward(
        self, input_ids: Tensor, position_ids: Tensor, past_keys: Tensor, past_values: Tensor
    ):
        x = self.language.embed(input_ids, None)
        hidden, keys, values = self.language(x, position_ids, past_keys, past_values)
        return self.head(hidden[:, -1]).float(), keys.float(), values.float()


def language_sources(s: LanguageSizes) -> Sources:
    root = "vlm.language"
    sources: Sources = {
        "embedding": same(f"{root}.embed_tokens.weight", s.vocabulary, s.width),
        "norm.weight": same(f"{root}.norm.weight", s.width),
    }
    for i in range(s.layers):
        sources |= under(f"layers.{i}", layer_sources(f"{root}.layers.{i}", s))
    return under("language", sources)


def layer_sources(root: str, s: LanguageSizes) -> Sources:
    heads = {"q": s.heads, "k": s.kv_heads, "v": s.kv_heads}
    qkv = [
        linear(f"{root}.self_attn.{name}_proj", "x", s.width, count * s.head_dim)
        for name, count in heads.items()
    ]
    sources = {
        "norm1.weight": same(f"{root}.input_layernorm.weight", s.width),
        "norm2.weight": same(f"{root}.post_attention_layernorm.weight", s.width),
        "qkv.weight": concatenated(*(part["x.weight"] for part in qkv)),
        "qkv.bias": concatenated(*(part["x.bias"] for part in qkv)),
        "gate_up.weight": concatenated(
            transposed(f"{root}.mlp.gate_proj.weight", s.width, s.mlp),
            transposed(f"{root}.mlp.up_proj.weight", s.width, s.mlp),
        ),
    }
    sources |= linear(f"{root}.self_attn.o_proj", "out", s.heads * s.head_dim, s.width, bias=False)
    sources |= linear(f"{root}.mlp.down_proj", "down", s.mlp, s.width, bias=False)
    return sources


def head_sources(s: LanguageSizes) -> Sources:
    """A tied head is the embedding's transpose."""
    name = "vlm.language.embed_tokens.weight" if s.tied else "vlm.lm_head.weight"
    return {"head.weight": transposed(name, s.width, s.vocabulary)}
