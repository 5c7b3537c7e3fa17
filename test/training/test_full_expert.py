"""The expert's half against diffusers, transformers and plain second implementations."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from diffusers.models.embeddings import get_timestep_embedding
from full_tools import near, noise, tiny
from torch import Tensor
from torch.nn import functional

from training.full.architecture import ExpertSizes
from training.full.checkpoint import Checkpoint
from training.full.ddim import denoise, leading_timesteps
from training.full.dit import ROOT as DIT
from training.full.dit import Denoiser, dit_sources
from training.full.layers import fill
from training.full.postprocess import postprocess
from training.full.reference import ExpertReference


def test_ddim() -> None:
    """DDIM equals diffusers for every admissible number of steps."""
    scheduler = DDIMScheduler(
        num_train_timesteps=100,
        beta_schedule="squaredcos_cap_v2",
        prediction_type="epsilon",
        clip_sample=False,
        set_alpha_to_one=True,
        timestep_spacing="leading",
    )

    def predict(x: Tensor, t: Tensor) -> Tensor:
        return torch.tanh(x * 0.9) + 0.01 * t * torch.cos(3 * x)

    start, worst = noise(1, 16, 7), 0.0
    counts = [n for n in range(2, 101) if 100 % n == 0]
    for steps in counts:
        scheduler.set_timesteps(steps)
        timesteps = scheduler.timesteps.tolist()
        assert leading_timesteps(steps) == timesteps, f"{steps}: {timesteps}"
        x = start
        for t in timesteps:
            x = scheduler.step(predict(x, torch.tensor([t])), t, x, eta=0.0).prev_sample
        size = max(1.0, float(x.abs().max()))
        worst = max(worst, near(denoise(predict, start, steps) / size, x / size, 2e-5, f"{steps}"))
    for steps in (0, 1, 3, 7, 200):
        with pytest.raises(ValueError):
            leading_timesteps(steps)
    print(f"{counts}, off by {worst:.1e}")


def test_denoiser(root: Path) -> None:
    """A denoising step equals a plain implementation."""
    c = tiny(root)
    s = c.architecture.expert
    network = fill(Denoiser(s), dit_sources(s), c.store)
    worst = 0.0
    for seed, (t, scale) in enumerate(((90, 1.5), (0, 3.0), (47, 1.0), (10, 0.5))):
        x, cond = noise(1, s.horizon, 7, seed=seed), noise(1, s.queries, s.width, seed=9)
        nothing = c.store.load(f"{DIT}.z_embedder.uncondition").unsqueeze(0)
        given, none = (plain_dit(c, s, x, t, z) for z in (cond, nothing))
        # As in the reference: guidance above 1 only, else the condition alone.
        expected = none + scale * (given - none) if scale > 1 else given
        found = network(x, torch.tensor([t]), cond, torch.tensor([scale]))
        worst = max(worst, near(found, expected, 1e-5, f"t {t}, scale {scale}"))
    assert float((given - none).abs().max()) > 1e-2, "the condition has no effect"
    print(f"off by {worst:.1e}")


def plain_dit(c: Checkpoint, s: ExpertSizes, x: Tensor, t: int, z: Tensor) -> Tensor:
    """Straight from the dataflow, with the checkpoint's own names."""

    def linear(value: Tensor, name: str) -> Tensor:
        name = f"{DIT}.{name}"
        return functional.linear(
            value, c.store.load(f"{name}.weight"), c.store.load(f"{name}.bias")
        )

    wave = get_timestep_embedding(
        torch.tensor([t]), s.frequencies, flip_sin_to_cos=True, downscale_freq_shift=0
    )
    time = linear(functional.silu(linear(wave, "t_embedder.mlp.0")), "t_embedder.mlp.2")
    h = torch.cat(
        (time.unsqueeze(1) + linear(z, "z_embedder.linear"), linear(x, "x_embedder.linear")), 1
    )
    h = h + c.store.load(f"{DIT}.positional_embedding")
    norm = partial(functional.layer_norm, normalized_shape=(s.width,), eps=1e-6)
    for i in range(s.dit_depth):
        qkv = linear(norm(h), f"blocks.{i}.attn.qkv")
        qkv = qkv.reshape(1, h.shape[1], 3, s.dit_heads, -1).permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(*qkv)
        h = h + linear(found.transpose(1, 2).flatten(2), f"blocks.{i}.attn.proj")
        wide = functional.gelu(linear(norm(h), f"blocks.{i}.mlp.fc1"), approximate="tanh")
        h = h + linear(wide, f"blocks.{i}.mlp.fc2")
    return linear(norm(h), "final_layer.linear")[:, s.queries :]


def test_split(root: Path) -> None:
    """The condition equals a plain implementation, and split equals whole."""
    c = tiny(root)
    a = c.architecture
    s, expert = a.expert, ExpertReference(c)
    worst = 0.0
    for views, length in ((1, 70), (2, 140), (3, 11)):
        hidden = noise(1, length, a.language.width, seed=length)
        eye = noise(1, views * s.eye_tokens, s.dino_width, seed=length + 1)
        whole = expert.whole(hidden, eye)
        near(whole, plain_qformer(c, hidden, eye), 1e-5, "whole")
        worst = max(worst, near(expert.split(expert.proj(hidden), eye), whole, 1e-5, "split"))
    print(f"split off by {worst:.1e}")


def plain_qformer(c: Checkpoint, hidden: Tensor, eye: Tensor) -> Tensor:
    get, block = c.store.load, "layer_qformer.layers.0"

    def linear(value: Tensor, name: str) -> Tensor:
        return functional.linear(value, get(f"{name}.weight"), get(f"{name}.bias"))

    def norm(value: Tensor, name: str) -> Tensor:
        weight, bias = get(f"{block}.{name}.weight"), get(f"{block}.{name}.bias")
        return functional.layer_norm(value, value.shape[-1:], weight, bias)

    tokens = linear(torch.cat((hidden, linear(eye, "dino_pro")), 1), "layer_qformer.proj")
    query = get("layer_qformer.query_tokens").unsqueeze(0)
    weights = get(f"{block}.cross_attn.in_proj_weight").chunk(3)
    biases = get(f"{block}.cross_attn.in_proj_bias").chunk(3)
    parts = [
        functional.linear(value, w, b).unflatten(-1, (8, -1)).transpose(1, 2)
        for value, w, b in zip((norm(query, "norm1"), tokens, tokens), weights, biases)
    ]
    found = functional.scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2)
    query = query + linear(found, f"{block}.cross_attn.out_proj")
    wide = functional.gelu(linear(norm(query, "norm2"), f"{block}.mlp.0"))
    return query + linear(wide, f"{block}.mlp.2")


def test_postprocess() -> None:
    """Post-processing equals rotation matrices."""
    rng = np.random.default_rng(0)
    chunk = rng.normal(0, 1, (200, 7)).astype(np.float32)
    low, high = np.array([-1, -2, -3, -2, -1.2, -3, 0.0]), np.array([2, 1, 1, 3, 1.1, 2, 1.0])
    mask = [True] * 6 + [False]
    statistics = {"q01": low.tolist(), "q99": high.tolist(), "mask": mask}
    actions = postprocess(chunk, statistics)
    raw = 0.5 * (np.clip(chunk, -1, 1).astype(np.float64) + 1) * (high - low) + low
    assert np.allclose(actions[:, :3], raw[:, :3], atol=1e-9)
    assert np.array_equal(actions[:, 6], (chunk[:, 6] >= 0.5).astype(float)), "gripper"
    worst = 0.0
    for vector, (roll, pitch, yaw) in zip(actions[:, 3:6], raw[:, 3:6]):
        assert np.linalg.norm(vector) <= np.pi + 1e-9
        expected = turn(2, yaw) @ turn(1, pitch) @ turn(0, roll)
        x, y, z = vector
        cross = torch.tensor([[0, -z, y], [z, 0, -x], [-y, x, 0]], dtype=torch.float64)
        worst = max(worst, float(np.abs(torch.linalg.matrix_exp(cross).numpy() - expected).max()))
    assert worst < 1e-9, f"rotation off by {worst}"
    print(f"rotations off by {worst:.1e}")


def turn(axis: int, angle: float) -> np.ndarray:
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[i, i] = matrix[j, j] = np.cos(angle)
    matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
    return matrix
