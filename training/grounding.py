"""Stage (i): the planner learns where objects are: points, boxes and a trajectory for a sentence.

With the objective `naming` it learns from the same scenes what objects are called, by guessing
masked words, and no places. That is the pre-training of a baseline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from .config import ModelConfig
from .data import SPATIAL_LABELS, DataError, Dataset, Episodes, StaticScenes
from .images import apply_color_jitter, draw_color_jitter, normalise
from .loop import LoopOptions, StepRandom, Trainer
from .losses import naming_loss, spatial_loss, spatial_metrics
from .network import PLANNER, Checkpoint, build_modules, for_data, load_checkpoint
from .planner import Plan
from .step import Inputs, Losses, to_device
from .tokenizer import PAD_ID, UNKNOWN_ID, build_tokenizer, encode_prompt

# Share of the words that become unknown, so that a new word in a sentence does no harm later.
WORD_DROPOUT = 0.03
# Share of the words of an instruction that are guessed from picture and other words (naming).
MASKED_WORD_SHARE = 0.3
VALIDATION_ROWS = 512


@dataclass(frozen=True)
class GroundingOptions:
    static: list[Path]
    episodes: list[Path]  # their frames are further scenes
    loop: LoopOptions
    batch: int
    episode_share: float
    rate: float
    device: str
    init: Path | None  # begin with the weights of another run
    objective: str = "spatial"  # or "naming"


class SpatialData:
    """Scenes with labels from a data set, as the planner takes them."""

    def __init__(self, data: Dataset, tokenizer: Tokenizer, device: str):
        self.data, self.device = data, device
        self.words = data.encode_instructions(tokenizer)

    def stored(self, rows: np.ndarray) -> Inputs:
        """Reads `words` [B,L], `pictures` (uint8 [B,3,H,W]) and labels of rows, on the host."""
        words = self.words[self.data.instruction_ids[rows]]
        return {
            "words": words,
            "pictures": self.data.images(rows),
            **self.data.labels(rows, SPATIAL_LABELS),
        }

    def batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Reads words, normalised images and labels of rows, on the device."""
        stored = to_device(self.stored(rows), self.device)
        return stored["words"], normalise(stored["pictures"]), spatial_labels(stored)


def train_grounding(options: GroundingOptions) -> Trainer:
    """Trains the planner, or continues an earlier run of the same name; returns the trainer.

    Raises DataError if a folder is unusable or the folders are of several arms.
    """
    seed = options.loop.seed
    torch.manual_seed(seed)
    sets: list[Dataset] = [StaticScenes(options.static, seed)]
    shares = [1.0]
    if options.episodes:
        sets.append(Episodes(options.episodes, seed))
        shares = [1 - options.episode_share, options.episode_share]
    config, modules, tokenizer, *_ = start(sets, options.init)
    modules.to(options.device)
    sources = [SpatialData(data, tokenizer, options.device) for data in sets]
    extra = {"config": config.to_json(), "tokenizer": tokenizer.to_str(), "stage": "grounding"}
    trainer = Trainer(modules, dict.fromkeys(PLANNER, options.rate), options.loop, extra)
    if trainer.resume():
        print(f"resuming at step {trainer.step}", flush=True)
    counts = np.round(np.array(shares) * options.batch).astype(int)

    def inputs_of(step: int, random: StepRandom) -> Inputs:
        inputs = collate(
            source.stored(np.sort(random.numpy.choice(source.data.train_rows, count)))
            for source, count in zip(sources, counts)
        )
        words = inputs["words"]
        inputs["jitter"] = draw_color_jitter(len(words), random.torch)
        if options.objective == "naming":
            inputs["shown"], inputs["masked"] = mask_words(words, tokenizer, random)
        else:
            inputs["words"] = drop_words(words, random)
        return inputs

    def losses_of(inputs: Inputs) -> Losses:
        words, pictures = (
            inputs["words"],
            apply_color_jitter(normalise(inputs["pictures"]), inputs["jitter"]),
        )
        with autocast(options.device):
            if options.objective == "naming":
                named = name_words(modules, inputs["shown"], pictures)
                return {"naming": naming_loss(named, words, inputs["masked"])}
            plan = run_planner(modules, words, pictures)
        return {"spatial": spatial_loss(plan, spatial_labels(inputs))}

    def validate(averaged: nn.ModuleDict) -> dict[str, float]:
        metrics: dict[str, float] = {}
        for name, source in zip(("static", "episodes"), sources):
            if options.objective == "naming":
                found = naming_metrics(averaged, source, tokenizer, options.device)
            else:
                found = planner_metrics(averaged, source, options.device)
            metrics |= {f"{name}.{key}": value for key, value in found.items()}
        return metrics

    trainer.run(inputs_of, losses_of, validate)
    return trainer


def start(sets: list[Dataset], init: Path | None) -> Checkpoint:
    """Makes fresh modules with a vocabulary from the data, or loads `init` and adds new words.

    Raises DataError if the data are of several arms.
    """
    instructions = [text for data in sets for text in data.instructions]
    arms = {data.embodiment for data in sets}
    if len(arms) > 1:
        raise DataError(f"data of one arm expected, found {', '.join(sorted(arms))}")
    if init is not None:
        return for_data(load_checkpoint(init), arms.pop(), instructions)
    tokenizer = build_tokenizer(instructions)
    config = ModelConfig(tokenizer.get_vocab_size(), arms.pop())
    return Checkpoint(config, build_modules(config), tokenizer, statistics=None, state={})


def collate(parts: Iterable[Inputs]) -> Inputs:
    """Joins batches with the same names into one, along their rows."""
    batches = list(parts)
    return {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}


def spatial_labels(inputs: Inputs) -> dict[str, Tensor]:
    return {name: inputs[name] for name in SPATIAL_LABELS}


def run_planner(modules: nn.ModuleDict, words: Tensor, images: Tensor) -> Plan:
    return modules["language"](words, modules["vision"](images))


def name_words(modules: nn.ModuleDict, words: Tensor, images: Tensor) -> Tensor:
    language: Any = modules["language"]
    return language.name_words(words, modules["vision"](images))


def mask_words(words: Tensor, tokenizer: Tokenizer, random: StepRandom) -> tuple[Tensor, Tensor]:
    """Masks some words of each instruction; returns the sentences and the mask, both [B,L].

    The prompt around an instruction is always the same, so none of its words is masked.
    """
    prompt = torch.tensor([PAD_ID, *encode_prompt(tokenizer)], device=words.device)
    masked = torch.rand(words.shape, generator=random.torch) < MASKED_WORD_SHARE
    masked = masked.to(words.device) & ~torch.isin(words, prompt)
    return words.masked_fill(masked, UNKNOWN_ID), masked


@torch.no_grad()
def naming_metrics(
    modules: nn.ModuleDict, source: SpatialData, tokenizer: Tokenizer, device: str
) -> dict[str, float]:
    """Measures on held-out rows which share of the masked words is named right."""
    random = StepRandom(0, 0)
    right = count = 0
    for rows in held_out_batches(source):
        words, images, _ = source.batch(rows)
        shown, masked = mask_words(words, tokenizer, random)
        with autocast(device):
            named = name_words(modules, shown, images).argmax(-1)
        right += int((named == words)[masked].sum())
        count += int(masked.sum())
    return {"named": right / max(1, count)}


def held_out_batches(source: SpatialData) -> Iterator[np.ndarray]:
    rows = source.data.held_out_rows
    rows = rows[:: max(1, len(rows) // VALIDATION_ROWS)][:VALIDATION_ROWS]
    for begin in range(0, len(rows), 64):
        yield rows[begin : begin + 64]


def drop_words(words: Tensor, random: StepRandom) -> Tensor:
    """Word dropout: replaces a share WORD_DROPOUT of the words [B,L] by the unknown word."""
    dropped = torch.rand(words.shape, generator=random.torch) < WORD_DROPOUT
    return words.masked_fill(dropped.to(words.device), UNKNOWN_ID)


def planner_metrics(modules: nn.ModuleDict, source: SpatialData, device: str) -> dict[str, float]:
    """Measures the planner's errors on held-out rows: pixels and IoU, by name."""
    plans, labels = [], []
    for rows in held_out_batches(source):
        words, images, found = source.batch(rows)
        with autocast(device):
            plans.append(run_planner(modules, words, images))
        labels.append(found)
    plan = Plan(*(torch.cat(parts).float() for parts in zip(*plans)))
    return spatial_metrics(
        plan, {name: torch.cat([p[name] for p in labels]) for name in SPATIAL_LABELS}
    )


def autocast(device: str) -> torch.autocast:
    """Computes in bfloat16 if the device has it: twice as fast; emulated it is far slower."""
    kind = torch.device(device).type
    fast = kind != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(kind, torch.bfloat16, enabled=fast)
