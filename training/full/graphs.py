"""The seven graphs: networks of stand-ins, with what flows in and out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from .architecture import ACTION_DIM, IMAGE_SIZE, Architecture
from .condition import Condition
from .dino import DinoEye
from .dit import Denoiser
from .qwen_language import PlannerDecode, PlannerLanguage, PlannerPrefill
from .qwen_vision import VisionTower

PLANNER = ("planner_vision", "planner_llm", "planner_llm_kv", "planner_llm_decode")
EXPERT = ("action_eye", "action_condition", "action_dit_step")
ANSWERING = ("planner_llm_kv", "planner_llm_decode")


@dataclass(frozen=True)
class Graph:
    name: str
    build: Callable[[], nn.Module]
    # Example inputs: only their shapes and types are traced.
    inputs: dict[str, Tensor]
    # By input, which dimensions vary, under which name or formula of a name.
    dynamic: dict[str, dict[int, str]]
    outputs: tuple[str, ...]
    shapes: Mapping[str, Sequence[int | str]]  # of the outputs, as the manifest declares them
    data: str = field(default="")  # file of the weights


def make_graphs(a: Architecture, answers: bool = True) -> dict[str, Graph]:
    graphs = planner_graphs(a) + expert_graphs(a)
    return {g.name: g for g in graphs if answers or g.name not in ANSWERING}


def planner_graphs(a: Architecture) -> list[Graph]:
    """Traced with two pictures, so that nothing is taken for a constant."""
    s, tokens, views = a.language, a.vision.tokens, 2
    length = views * tokens + 7
    prompt = {
        "input_ids": torch.zeros(1, length, dtype=torch.int64),
        "image_features": torch.zeros(1, views * tokens, s.width),
        "position_ids": torch.zeros(3, 1, length, dtype=torch.int64),
    }
    varying = {"input_ids": {1: "L"}, "image_features": {1: "S"}, "position_ids": {2: "L"}}
    cache = (s.layers, 1, s.kv_heads)
    past = torch.zeros(*cache, 5, s.head_dim)
    answer = ("logits", "keys", "values")
    return [
        Graph(
            "planner_vision",
            lambda: VisionTower(a.vision),
            {"image": torch.zeros(views, 3, IMAGE_SIZE, IMAGE_SIZE)},
            {"image": {0: "V"}},
            ("image_features",),
            {"image_features": [1, "S", a.vision.out]},
            "planner_vision.data",
        ),
        Graph(
            "planner_llm",
            lambda: PlannerLanguage(s, a.expert.width),
            prompt,
            varying,
            ("vlm_proj",),
            {"vlm_proj": [1, "L", a.expert.width]},
            "planner_llm.data",
        ),
        Graph(
            "planner_llm_kv",
            lambda: PlannerPrefill(s),
            prompt,
            varying,
            answer,
            {"logits": [1, s.vocabulary]}
            | {name: [*cache, "L", s.head_dim] for name in ("keys", "values")},
            "planner_llm.data",
        ),
        Graph(
            "planner_llm_decode",
            lambda: PlannerDecode(s),
            {
                "input_ids": torch.zeros(1, 1, dtype=torch.int64),
                "position_ids": torch.zeros(3, 1, 1, dtype=torch.int64),
                "past_keys": past,
                "past_values": past.clone(),
            },
            {"past_keys": {3: "P"}, "past_values": {3: "P"}},
            answer,
            {"logits": [1, s.vocabulary]}
            | {name: [*cache, "Q", s.head_dim] for name in ("keys", "values")},
            "planner_llm.data",
        ),
    ]


def expert_graphs(a: Architecture) -> list[Graph]:
    s = a.expert
    cond = torch.zeros(1, s.queries, s.width)
    return [
        Graph(
            "action_eye",
            lambda: DinoEye(s),
            {"image": torch.zeros(2, 3, IMAGE_SIZE, IMAGE_SIZE)},
            {"image": {0: "V"}},
            ("eye_tokens",),
            {"eye_tokens": [1, "E", s.dino_width]},
            "action_eye.data",
        ),
        Graph(
            "action_condition",
            lambda: Condition(s),
            {
                "vlm_proj": torch.zeros(1, 37, s.width),
                "eye_tokens": torch.zeros(1, 2 * s.eye_tokens, s.dino_width),
            },
            {"vlm_proj": {1: "L"}, "eye_tokens": {1: "E"}},
            ("cond",),
            {"cond": [1, s.queries, s.width]},
            "action_condition.data",
        ),
        Graph(
            "action_dit_step",
            lambda: Denoiser(s),
            {
                "x": torch.zeros(1, s.horizon, ACTION_DIM),
                "t": torch.zeros(1, dtype=torch.int64),
                "cond": cond,
                "cfg_scale": torch.ones(1),
            },
            {},
            ("eps",),
            {"eps": [1, s.horizon, ACTION_DIM]},
            "action_dit_step.data",
        ),
    ]
