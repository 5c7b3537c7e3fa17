"""The five graphs as one set of modules, and how a checkpoint becomes them again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from tokenizers import Tokenizer
from torch import nn

from .config import ModelConfig
from .data import DataError
from .expert import ActionCondition, ActionDenoiser, ActionEye
from .planner import PlannerLanguage, PlannerVision, PlanProjector
from .tokenizer import extend_tokenizer

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

    def known_statistics(self) -> dict:
        """Those of its actions; a checkpoint that has learned none has none."""
        if self.statistics is None:
            raise DataError("the checkpoint has learned no actions: train it on episodes first")
        return self.statistics


def load_checkpoint(path: Path) -> Checkpoint:
    """Loads the averaged weights of a run, to evaluate them or to begin another run with them."""
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


def for_data(checkpoint: Checkpoint, embodiment: str, instructions: Iterable[str]) -> Checkpoint:
    """Adapts a checkpoint to an arm and adds the words of these sentences.

    New words begin with random weights. For another arm, camera and statistics are reset: training
    finds both again in its episodes.
    """
    tokenizer = extend_tokenizer(checkpoint.tokenizer, instructions)
    other = embodiment != checkpoint.config.embodiment
    config = dataclasses.replace(
        checkpoint.config, vocabulary=tokenizer.get_vocab_size(), embodiment=embodiment
    )
    modules = build_modules(config)
    state = checkpoint.modules.state_dict()
    language: Any = modules["language"]
    words = language.words.weight.detach().clone()
    words[: checkpoint.config.vocabulary] = state["language.words.weight"]
    state["language.words.weight"] = words
    if other:
        state["condition.aim.camera"] = torch.zeros_like(state["condition.aim.camera"])
    modules.load_state_dict(state)
    statistics = None if other else checkpoint.statistics
    return Checkpoint(config, modules, tokenizer, statistics, checkpoint.state)
