"""The fast half: the planner's tokens and what the eye sees now -> a chunk of actions."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import (
    ACTION_DIM,
    HORIZON,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    POINTS,
    PROPRIO_DIM,
    ModelConfig,
)
from .layers import Attention, Fourier, begin_at_zero, mlp, timestep_features
from .planner import plan_places

EYE_GRID = (8, 10)
EYE_TOKENS = EYE_GRID[0] * EYE_GRID[1]


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


# Distances in the picture are shown to the network on these scales, pixels.
DISTANCE_SCALES = (40.0, 8.0, 2.0)


class Aim(nn.Module):
    """How the plan's points lie to the gripper in the picture: [B,C].

    The network is told where both are, but the difference of two places that are known to half a
    millimetre is what it finds hardest; without it the gripper stops up to a centimetre beside the
    object. Where the gripper is in the picture follows from the proprioception through the camera
    matrix, which is found from the data (`fit_camera`). The plan's pick and the begin of its
    trajectory are of one frame: their distance says how the object lies in the gripper.
    """

    camera: Tensor

    def __init__(self, width: int):
        super().__init__()
        self.register_buffer("camera", torch.zeros(3, 4))
        features = 2 * (len(POINTS) + 1) * len(DISTANCE_SCALES)
        self.mix = mlp(features + PROPRIO_DIM, 2 * width, width)
        begin_at_zero(self.mix[-1])

    def forward(self, vlm_proj: Tensor, position: Tensor, body: Tensor) -> Tensor:
        points, trajectory = plan_places(vlm_proj)
        gripper = project(self.camera, position).unsqueeze(1)
        x, y = torch.cat((points - gripper, points[:, :1] - trajectory[:, :1]), 1).unbind(-1)
        pixels = torch.stack((x * IMAGE_WIDTH, y * IMAGE_HEIGHT), -1).flatten(1)
        wide, *near = DISTANCE_SCALES
        scales = [pixels / wide, *((pixels / scale).tanh() for scale in near)]
        return self.mix(torch.cat((*scales, body), -1))


def project(camera: Tensor, position: Tensor) -> Tensor:
    """Points of the base frame [B,3] in the picture, 0..1: [B,2]. Never in half precision."""
    ray = (position.float().unsqueeze(1) * camera[:, :3]).sum(-1) + camera[:, 3]
    return ray[:, :2] / ray[:, 2:].clamp(min=0.1)


def fit_camera(positions: Tensor, places: Tensor) -> Tensor:
    """The matrix [3,4] that projects positions [N,3] to places [N,2], by linear least squares.

    Its scale makes the depth 1 on average.
    """
    x = torch.cat((positions, torch.ones(len(positions), 1)), 1).double()
    u, v = places.double().unsqueeze(-1).unbind(1)
    nothing = torch.zeros_like(x)
    rows = torch.cat(
        (torch.cat((x, nothing, -u * x), 1), torch.cat((nothing, x, -v * x), 1)),
    )
    # The last number is the depth's constant: it only sets the scale.
    found = torch.linalg.lstsq(rows[:, :11], -rows[:, 11:]).solution.squeeze(1)
    camera = torch.cat((found, found.new_ones(1))).view(3, 4)
    return (camera / (x @ camera[2]).mean()).float()


class ActionCondition(nn.Module):
    """Plan tokens, eye tokens and proprioception -> [B, queries + 1, D].

    Learned queries read both token sets (K and V are linear per token, so the eye's half is always
    of now, however old the plan is). The last token carries the plan's coordinates, the
    proprioception and how both lie to each other straight to the adaptive norms of the denoiser.
    """

    centre: Tensor
    scale: Tensor

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
        self.aim = Aim(width)
        self.register_buffer("centre", torch.tensor(config.arm.proprio_centre), persistent=False)
        self.register_buffer("scale", torch.tensor(config.arm.proprio_scale), persistent=False)

    def forward(self, vlm_proj: Tensor, eye_tokens: Tensor, proprio: Tensor) -> Tensor:
        batch = vlm_proj.shape[0]
        plain_body = (proprio - self.centre) / self.scale
        body = self.from_proprio(self.fourier(plain_body))
        plan = vlm_proj[:, :-1]
        context = (self.from_plan(plan), self.from_eye(eye_tokens), body.unsqueeze(1))
        context = self.context_norm(torch.cat(context, 1))
        x = self.queries.expand(batch, -1, -1)
        for block in self.blocks:
            x = block(x, context)
        summary = self.summary(
            torch.cat((plan[:, -1].to(body.dtype), body, x.mean(1).to(body.dtype)), -1)
        )
        summary = summary + self.aim(vlm_proj, proprio[:, :3], plain_body)
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
        modulation = nn.Linear(width, 6 * width)
        self.modulation = nn.Sequential(nn.SiLU(), modulation)
        self.cond_norm = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(
            DenoiserBlock(width, config.expert_heads) for _ in range(config.expert_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, ACTION_DIM)
        begin_at_zero(modulation)
        with torch.no_grad():  # gates start open enough to learn at once, and differ from zero
            modulation.bias.view(6, width)[2].fill_(0.5)
            modulation.bias.view(6, width)[5].fill_(0.5)

    def forward(self, x: Tensor, t: Tensor, cond: Tensor) -> Tensor:
        c = cond[:, -1] + self.time(timestep_features(t, self.width))
        shared = self.modulation(c).reshape(-1, 6, self.width)
        tokens = self.cond_norm(cond[:, :-1])
        h = self.embed(x) + self.positions + c.unsqueeze(1)
        for block in self.blocks:
            h = block(h, tokens, shared)
        return self.out(self.norm(h)).float()
