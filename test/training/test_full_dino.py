"""The expert's eye against transformers, and the one thing that it does otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from full_tools import near, noise, tiny
from torch import Tensor
from torch.nn import functional
from transformers import Dinov2Config, Dinov2Model

from training.full.architecture import ExpertSizes
from training.full.checkpoint import Checkpoint
from training.full.dino import ROOT as DINO
from training.full.dino import DinoEye, dino_sources, interpolate_positions
from training.full.layers import fill


def test_dino(root: Path) -> None:
    """DINOv2 equals transformers."""
    c = tiny(root)
    s = c.architecture.expert
    sources = dino_sources(s)
    network = fill(DinoEye(s), sources, c.store)
    model = Dinov2Model(
        Dinov2Config(
            hidden_size=s.dino_width,
            num_hidden_layers=s.dino_depth,
            num_attention_heads=s.dino_heads,
            image_size=224,  # so that it does not resize the positions in its own way
            patch_size=14,
        )
    ).eval()
    state = dinov2_names(c, s)
    positions = interpolate_positions(c.store.load(f"{DINO}.pos_embed")[0, 1:], 16)
    first = c.store.load(f"{DINO}.pos_embed")[0, :1]
    state["embeddings.position_embeddings"] = torch.cat((first, positions)).unsqueeze(0)
    missing, extra = model.load_state_dict(state, strict=False)
    assert not extra and set(missing) <= {"embeddings.mask_token"}, f"{missing} {extra}"
    image = noise(3, 3, 224, 224)
    with torch.no_grad():
        expected = model(image).last_hidden_state[:, 1:].reshape(1, -1, s.dino_width)
        print(f"off by {near(network(image), expected, 2e-5):.1e}")


def dinov2_names(c: Checkpoint, s: ExpertSizes) -> dict[str, Tensor]:
    get = lambda name: c.store.load(f"{DINO}.{name}")  # noqa: E731
    state = {
        "embeddings.cls_token": get("cls_token"),
        "embeddings.patch_embeddings.projection.weight": get("patch_embed.proj.weight"),
        "embeddings.patch_embeddings.projection.bias": get("patch_embed.proj.bias"),
        "layernorm.weight": get("norm.weight"),
        "layernorm.bias": get("norm.bias"),
    }
    for i in range(s.dino_depth):
        old, new = f"blocks.{i}", f"encoder.layer.{i}"
        for part in ("weight", "bias"):
            for name, third in zip("qkv", get(f"{old}.attn.qkv.{part}").chunk(3)):
                state[f"{new}.attention.{name}_proj.{part}"] = third
            for a, b in (
                ("attn.proj", "attention.o_proj"),
                ("norm1", "norm1"),
                ("norm2", "norm2"),
                ("mlp.fc1", "mlp.fc1"),
                ("mlp.fc2", "mlp.fc2"),
            ):
                state[f"{new}.{b}.{part}"] = get(f"{old}.{a}.{part}")
        for j in (1, 2):
            state[f"{new}.layer_scale{j}.lambda1"] = get(f"{old}.ls{j}.gamma")
    return state


def test_positions() -> None:
    """Against bicubic interpolation (a = -0.75, edges repeated) written out."""
    grid = noise(37, 37, 4).numpy().astype(np.float64)

    def weights(known: int, side: int) -> np.ndarray:
        matrix = np.zeros((side, known))
        for i in range(side):
            at = (i + 0.5) * known / (side + 0.1) - 0.5
            for j in range(int(np.floor(at)) - 1, int(np.floor(at)) + 3):
                d, a = abs(at - j), -0.75
                near_one = (a + 2) * d**3 - (a + 3) * d**2 + 1
                far = a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a
                matrix[i, min(max(j, 0), known - 1)] += near_one if d <= 1 else far if d < 2 else 0
        return matrix

    w = weights(37, 16)
    expected = torch.from_numpy(np.einsum("ai,bj,ijc->abc", w, w, grid).reshape(256, 4)).float()
    flat = torch.from_numpy(grid.reshape(37 * 37, 4)).float()
    off = near(interpolate_positions(flat, 16), expected, 1e-5)
    exact = functional.interpolate(
        flat.view(1, 37, 37, 4).permute(0, 3, 1, 2), size=(16, 16), mode="bicubic"
    )
    other = float((exact[0].flatten(1).t() - expected).abs().max())
    assert other > 1e-2, "this check could not tell the two ways apart"
    print(f"off by {off:.1e}, the exact size by {other:.1e}")
