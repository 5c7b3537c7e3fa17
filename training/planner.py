"""The slow half: image and sentence -> tokens for the expert, points, boxes and a trajectory."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .config import (
    BOX_ANCHORS,
    BOXES,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
    MAX_TOKENS,
    POINTS,
    WAYPOINTS,
    ModelConfig,
)
from .layers import Block, Fourier, ResidualConv, begin_at_zero, mlp

FINE = (30, 40)
COARSE = (8, 10)
N_FINE = FINE[0] * FINE[1]
N_COARSE = COARSE[0] * COARSE[1]
N_POINTS = len(POINTS)
N_BOXES = len(BOXES)
# Queries that end in a heat map come first: points, then waypoints, then boxes.
N_MAPS = N_POINTS + WAYPOINTS
N_QUERIES = N_MAPS + N_BOXES
PLAN_TOKENS = N_QUERIES + 2


class Plan(NamedTuple):
    """The planner's answer; coordinates are normalised to 0..1, x to the right and y down."""

    queries: Tensor  # [B, N_QUERIES, C] hidden state of the query tokens
    points: Tensor  # [B, N_POINTS, 2]
    boxes: Tensor  # [B, N_BOXES, 4] x1 y1 x2 y2
    trajectory: Tensor  # [B, WAYPOINTS, 2]
    point_logits: Tensor  # [B, N_POINTS] is the point in view?
    map_logits: Tensor  # [B, N_MAPS, N_FINE]


class PlannerVision(nn.Module):
    """[B,3,120,160] -> [B,S,C]: a fine map (40x30, for where) and a coarse one (10x8, for what).

    The fine map's channels are folded so that both fit in one tensor of width C.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        fine, width = config.fine_channels, config.planner_width
        self.stem = nn.Conv2d(3, fine, 8, stride=4, padding=2)
        self.fine_block = ResidualConv(fine)
        self.down = nn.Conv2d(fine, width, 3, stride=2, padding=1)
        self.middle_block = ResidualConv(width)
        self.down_again = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.fine_out = nn.Conv2d(fine, fine, 1)
        self.from_middle = nn.Conv2d(width, fine, 1)
        self.width = width

    def forward(self, image: Tensor) -> Tensor:
        fine = self.fine_block(self.stem(image))
        middle = self.middle_block(self.down(F.relu(fine)))
        coarse = self.down_again(F.relu(middle))
        context = F.interpolate(self.from_middle(middle), scale_factor=2, mode="nearest")
        keys = self.fine_out(F.relu(fine)) + context
        batch = image.shape[0]
        keys = keys.permute(0, 2, 3, 1).reshape(batch, -1, self.width)
        return torch.cat((keys, coarse.flatten(2).transpose(1, 2)), 1)


class PlannerLanguage(nn.Module):
    """Words [B,L] and image features [B,S,C] -> Plan."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        width, fine = config.planner_width, config.fine_channels
        self.fine_channels = fine
        self.words = nn.Embedding(config.vocabulary, width)
        self.word_positions = nn.Parameter(0.02 * torch.randn(MAX_TOKENS, width))
        self.image_positions = nn.Parameter(0.02 * torch.randn(N_COARSE, width))
        self.query_tokens = nn.Parameter(0.5 * torch.randn(N_QUERIES, width))
        nn.init.normal_(self.words.weight, std=0.5)
        self.blocks = nn.ModuleList(
            Block(width, config.planner_heads) for _ in range(config.planner_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.map_query = nn.Linear(width, fine)
        # Waypoints hang in free space: a query can also ask for a place, not only for a look.
        self.map_position = nn.Parameter(0.3 * smooth_positions(fine))
        # Reads the feature under the heat map and nudges the point by a fraction of a cell.
        self.refine = mlp(width + fine, width, 2)
        self.box = mlp(width, width, 4)
        self.in_view = nn.Linear(width, N_POINTS)
        self.register_buffer("cells", cell_centres(), persistent=False)

    def forward(self, input_ids: Tensor, image_features: Tensor) -> Plan:
        batch = input_ids.shape[0]
        n_keys = image_features.shape[1] - N_COARSE
        keys = image_features[:, :n_keys].reshape(batch, N_FINE, self.fine_channels)
        x = self.read(input_ids, image_features[:, n_keys:])
        queries = self.norm(self.blocks[-1](x, last=N_QUERIES))
        places, logits = self.locate(queries[:, :N_MAPS], keys)
        points = places[:, :N_POINTS]
        anchors = torch.stack([points[:, i] for i in BOX_ANCHORS], 1).repeat(1, 1, 2)
        boxes = anchors + 0.2 * self.box(queries[:, N_MAPS:]).float()
        in_view = self.in_view(queries[:, :N_POINTS]).float().diagonal(dim1=1, dim2=2)
        return Plan(queries, points, boxes, places[:, N_POINTS:], in_view, logits)

    def read(self, input_ids: Tensor, coarse: Tensor) -> Tensor:
        """Words, coarse map and queries through all layers but the last."""
        x = torch.cat(
            (
                self.words(input_ids) + self.word_positions,
                coarse.float() + self.image_positions,
                self.query_tokens.expand(len(input_ids), -1, -1),
            ),
            1,
        )
        for block in self.blocks[:-1]:
            x = block(x)
        return x

    def name_words(self, input_ids: Tensor, image_features: Tensor) -> Tensor:
        """Which word stands at each place of the sentence: logits [B,L,vocabulary].

        For a baseline that knows the names of things but not their places. It has no weights of
        its own: the table of words is read backwards.
        """
        x = self.read(input_ids, image_features[:, -N_COARSE:])
        return self.norm(self.blocks[-1](x)[:, :MAX_TOKENS]) @ self.words.weight.T

    def locate(self, queries: Tensor, keys: Tensor) -> tuple[Tensor, Tensor]:
        """Soft-argmax over the fine map, then a small learned correction."""
        wanted = self.map_query(queries)
        logits = wanted @ keys.transpose(1, 2) + wanted @ self.map_position.T
        logits = logits.float() * self.fine_channels**-0.5
        weights = logits.softmax(-1)
        seen = weights.to(keys.dtype) @ keys
        nudge = self.refine(torch.cat((queries.to(seen.dtype), seen), -1)).float()
        return weights @ self.cells + 0.02 * nudge, logits


class PlanProjector(nn.Module):
    """Plan -> tokens for the expert [B, PLAN_TOKENS, C].

    Coordinates enter directly, as Fourier features: without that path the expert would have to
    read millimetres out of a hidden state. The last token but one sums up all of them; the last
    one holds points and trajectory themselves (`plan_places`), then zeros.
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        width = config.planner_width
        self.fourier = Fourier(6)
        features = self.fourier.factor
        self.hidden = nn.Linear(width, width)
        self.place = mlp(2 * features, width, width)
        self.box = mlp(4 * features, width, width)
        self.summary = mlp(2 * N_MAPS * features + 4 * N_BOXES * features, 2 * width, width)
        self.axis_fourier = Fourier(2)
        self.axis = mlp(3 * self.axis_fourier.factor, width, width)
        begin_at_zero(self.axis[-1])

    def forward(self, queries: Tensor, points: Tensor, boxes: Tensor, trajectory: Tensor) -> Tensor:
        # Centred, so that the octaves start at one period over twice the picture.
        places = self.fourier(torch.cat((points, trajectory), 1) - 0.5)
        corners = self.fourier(boxes - 0.5)
        tokens = self.hidden(queries) + torch.cat((self.place(places), self.box(corners)), 1)
        summary = self.summary(torch.cat((places.flatten(1), corners.flatten(1)), 1))
        summary = summary + self.axis(self.axis_fourier(finger_axis(points)))
        plain = torch.cat((points, trajectory), 1).flatten(1)
        plain = F.pad(plain, (0, tokens.shape[-1] - plain.shape[1]))
        return torch.cat((tokens, summary.unsqueeze(1), plain.unsqueeze(1)), 1)


def plan_places(vlm_proj: Tensor) -> tuple[Tensor, Tensor]:
    """Points [B,N_POINTS,2] and trajectory [B,WAYPOINTS,2] from the projector's tokens."""
    places = vlm_proj[:, -1, : 2 * N_MAPS].reshape(-1, N_MAPS, 2)
    return places[:, :N_POINTS], places[:, N_POINTS:]


def finger_axis(points: Tensor) -> Tensor:
    """How the finger points lie to each other: [B,3], cosine and sine of twice the angle, length.

    The gripper's yaw follows from this direction. It is a difference of a few pixels between two
    places, which an MLP hardly finds in their coordinates; twice the angle, since their order
    means nothing.
    """
    a, b = points[:, POINTS.index("grip_a")], points[:, POINTS.index("grip_b")]
    x, y = (b - a).unbind(-1)
    x, y = x * IMAGE_WIDTH, y * IMAGE_HEIGHT
    square = x * x + y * y + 0.25  # a quarter of a pixel squared keeps it smooth when they coincide
    return torch.stack(((x * x - y * y) / square, 2 * x * y / square, square.sqrt() / 20), -1)


def cell_centres() -> Tensor:
    """Normalised centres of the fine map's cells, row by row: [N_FINE, 2]."""
    y = (torch.arange(FINE[0]) + 0.5) / FINE[0]
    x = (torch.arange(FINE[1]) + 0.5) / FINE[1]
    grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack((grid_x, grid_y), -1).reshape(-1, 2)


def smooth_positions(channels: int) -> Tensor:
    """Random mixtures of low-frequency waves over the cells: [N_FINE, channels], unit variance."""
    waves = Fourier(3)(2 * cell_centres() - 1)
    mixture = torch.randn(waves.shape[1], channels)
    return (waves @ mixture) / (waves @ mixture).std()
