"""The five graphs as one set of modules, and how a checkpoint becomes them again."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from tokenizers import Tokenizer
from torch import nn

from .config import ModelConfig
from .expert import ActionCondition, ActionDenoiser, ActionEye
from .planner import PlannerLanguage, PlannerVision, PlanProjector

PLANNER = ("vision", "language")
EXPERT = ("projector", "eye", "condition", "denoiser")


def build_modules(config: ModelConfig) -> nn.ModuleDict:
    return nn.ModuleDict(
        {
            "vision": PlannerVision(config),
            "language": PlannerLanguage(config),
            "projector": PlanProjector(config),
            "eye": ActionEye(config),
            "condition": ActionCondition(config),
            "denoiser": ActionDenoiser(config),
        }
    )


class Checkpoint(NamedTuple):
    config: ModelConfig
    modules: nn.ModuleDict
    tokenizer: Tokenizer
    statistics: dict | None
    state: dict


def load_checkpoint(path: Path) -> Checkpoint:
    """The averaged weights of a run, ready to evaluate or to go on from."""
    state = torch.load(path, weights_only=False, map_location="cpu")
    config = ModelConfig.from_json(state["config"])
    modules = build_modules(config)
    missing, unexpected = modules.load_state_dict(state["modules"], strict=False)
    if unexpected:
        raise SystemExit(f"{path}: weights that this version does not know: {unexpected}")
    if missing:
        print(f"{path}: begins without {', '.join(missing)}", flush=True)
    tokenizer = Tokenizer.from_str(state["tokenizer"])
    return Checkpoint(config, modules, tokenizer, state.get("statistics"), state)
