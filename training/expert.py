"""The fast half: the planner's tokens and what the eye sees now -> a chunk of actions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import ACTION_DIM, HORIZON, PROPRIO_DIM, ModelConfig
from .layers import Attention, Fourier, mlp, timestep_features

EYE_GRID = (8, 10)
EYE_TOKENS = EYE_GRID[0] * EYE_GRID[1]
# Brings proprioception (m, rad, opening) to about -1..1: value = (raw - centre) / scale.
PROPRIO_CENTRE = (0.28, 0.0, 0.12, 0.0, 0.0, 0.0, 0.5)
PROPRIO_SCALE = (0.15, 0.25, 0.12, 1.5, 1.5, 1.5, 0.5)


class ActionEye(nn.Module):
    """[B,3,120,160] -> [B,EYE_TOKENS,C]: a small convolutional eye that runs for every chunk."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.eye_channels
        self.stem = nn.Conv2d(3, 32, 8, stride=4, padding=2)
        self.down = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.down_again = nn.Conv2d(64, width, 3, stride=2, padding=1)
        self.positions = nn.Parameter(0.02 * torch.randn(EYE_TOKENS, width))

    def forward(self, image: Tensor) -> Tensor:
        x = F.relu(self.stem(image))
        x = F.relu(self.down(x))
        return self.down_again(x).flatten(2).transpose(1, 2) + self.positions


class CrossBlock(nn.Module):
    """Queries look at a context, then think."""

    def __init__(self, width: int, heads: int, context_width: int):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width, heads, context_width)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = mlp(width, 2 * width, width)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        x = x + self.attention(self.norm(x), context)
        return x + self.mlp(self.norm_mlp(x))


class ActionCondition(nn.Module):
    """Plan tokens, eye tokens and proprioception -> [B, queries + 1, D].

    Learned queries read both token sets (K and V are linear per token, so the eye's half is always
    of now, whatever the age of the plan). The last token carries the plan's coordinates and the
    proprioception straight to the adaptive norms of the denoiser.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        width, plan_width = config.expert_width, config.planner_width
        self.queries = nn.Parameter(0.5 * torch.randn(config.condition_queries, width))
        self.from_plan = nn.Linear(plan_width, width)
        self.from_eye = nn.Linear(config.eye_channels, width)
        self.fourier = Fourier(5)
        self.from_proprio = mlp(PROPRIO_DIM * self.fourier.factor, 2 * width, width)
        self.context_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(CrossBlock(width, config.expert_heads, width) for _ in range(2))
        self.summary = mlp(plan_width + 2 * width, 2 * width, width)
        self.register_buffer("centre", torch.tensor(PROPRIO_CENTRE), persistent=False)
        self.register_buffer("scale", torch.tensor(PROPRIO_SCALE), persistent=False)

    def forward(self, vlm_proj: Tensor, eye_tokens: Tensor, proprio: Tensor) -> Tensor:
        batch = vlm_proj.shape[0]
        body = self.from_proprio(self.fourier((proprio - self.centre) / self.scale))
        context = (self.from_plan(vlm_proj), self.from_eye(eye_tokens), body.unsqueeze(1))
        context = self.context_norm(torch.cat(context, 1))
        x = self.queries.expand(batch, -1, -1)
        for block in self.blocks:
            x = block(x, context)
        summary = self.summary(
            torch.cat((vlm_proj[:, -1].to(body.dtype), body, x.mean(1).to(body.dtype)), -1)
        )
        return torch.cat((x, summary.unsqueeze(1)), 1)


class DenoiserBlock(nn.Module):
    """A DiT layer: actions attend to the condition and to each other under adaptive norms."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.attention = Attention(width, heads)
        self.norm_mlp = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.mlp = mlp(width, 4 * width, width)
        # Added to the modulation that all layers share.
        self.modulation = nn.Parameter(torch.zeros(6, width))

    def forward(self, x: Tensor, cond: Tensor, shared: Tensor) -> Tensor:
        shift_a, scale_a, gate_a, shift_m, scale_m, gate_m = (shared + self.modulation).split(1, 1)
        normed = self.norm(x) * (1 + scale_a) + shift_a
        x = x + gate_a * self.attention(normed, torch.cat((cond, normed.to(cond.dtype)), 1))
        normed = self.norm_mlp(x) * (1 + scale_m) + shift_m
        return x + gate_m * self.mlp(normed)


class ActionDenoiser(nn.Module):
    """x [B,16,7] at timestep t [B] under cond -> the clean chunk [B,16,7], normalised."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.expert_width
        self.width = width
        self.embed = nn.Linear(ACTION_DIM, width)
        self.positions = nn.Parameter(0.02 * torch.randn(HORIZON, width))
        self.time = mlp(width, width, width)
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(width, 6 * width))
        self.cond_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(
            DenoiserBlock(width, config.expert_heads) for _ in range(config.expert_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, ACTION_DIM)
        nn.init.zeros_(self.modulation[1].weight)
        nn.init.zeros_(self.modulation[1].bias)
        with torch.no_grad():  # gates start open enough to learn at once, and differ from zero
            self.modulation[1].bias.view(6, width)[2].fill_(0.5)
            self.modulation[1].bias.view(6, width)[5].fill_(0.5)

    def forward(self, x: Tensor, t: Tensor, cond: Tensor) -> Tensor:
        c = cond[:, -1] + self.time(timestep_features(t, self.width))
        shared = self.modulation(c).reshape(-1, 6, self.width)
        tokens = self.cond_norm(cond[:, :-1])
        h = self.embed(x) + self.positions + c.unsqueeze(1)
        for block in self.blocks:
            h = block(h, tokens, shared)
        return self.out(self.norm(h)).float()
