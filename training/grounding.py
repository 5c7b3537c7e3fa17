"""Stage (i): the planner learns where things are: points, boxes and a trajectory for a sentence.

With the objective `naming` it learns from the same scenes what things are called, but no place: the
pre-training of a baseline.
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
from .images import draw_light, lit, normalise
from .loop import LoopOptions, StepRandom, Trainer
from .losses import naming_loss, spatial_loss, spatial_metrics
from .network import PLANNER, Checkpoint, build_modules, for_data, load_checkpoint
from .planner import Plan
from .step import Inputs, Losses, moved
from .tokenizer import PAD_ID, UNKNOWN_ID, build_tokenizer, encode_prompt

UNKNOWN_WORD_SHARE = 0.03
# Of the words of an instruction, how many are to be guessed from picture and other words (naming).
HIDDEN_WORD_SHARE = 0.3
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
    init: Path | None  # go on from the weights of another run
    objective: str = "spatial"  # or naming


class SpatialData:
    """Scenes with labels, drawn from a data set, ready for the planner."""

    def __init__(self, data: Dataset, tokenizer: Tokenizer, device: str):
        self.data, self.device = data, device
        self.words = data.encode_instructions(tokenizer)

    def stored(self, rows: np.ndarray) -> Inputs:
        """`words`, `pictures` (uint8) and the labels of rows, on the host."""
        words = self.words[self.data.instruction_ids[rows]]
        return {
            "words": words,
            "pictures": self.data.images(rows),
            **self.data.labels(rows, SPATIAL_LABELS),
        }

    def batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Words, normalised images and labels, on the device."""
        stored = moved(self.stored(rows), self.device)
        return stored["words"], normalise(stored["pictures"]), spatial_labels(stored)


def train_grounding(options: GroundingOptions) -> Trainer:
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
        inputs = joined(
            source.stored(np.sort(random.numpy.choice(source.data.train_rows, count)))
            for source, count in zip(sources, counts)
        )
        words = inputs["words"]
        inputs["light"] = draw_light(len(words), random.torch)
        if options.objective == "naming":
            inputs["shown"], inputs["hidden"] = hide_words(words, tokenizer, random)
        else:
            inputs["words"] = forget_words(words, random)
        return inputs

    def losses_of(inputs: Inputs) -> Losses:
        words, pictures = inputs["words"], lit(normalise(inputs["pictures"]), inputs["light"])
        with autocast(options.device):
            if options.objective == "naming":
                named = name_words(modules, inputs["shown"], pictures)
                return {"naming": naming_loss(named, words, inputs["hidden"])}
            plan = run_planner(modules, words, pictures)
        return {"spatial": spatial_loss(plan, spatial_labels(inputs))}

    def validate() -> dict[str, float]:
        metrics: dict[str, float] = {}
        for name, source in zip(("static", "episodes"), sources):
            if options.objective == "naming":
                found = naming_metrics(modules, source, tokenizer, options.device)
            else:
                found = planner_metrics(modules, source, options.device)
            metrics |= {f"{name}.{key}": value for key, value in found.items()}
        return metrics

    trainer.run(inputs_of, losses_of, validate)
    return trainer


def start(sets: list[Dataset], init: Path | None) -> Checkpoint:
    """Fresh modules with a vocabulary from the data, or those of another run, grown to the data."""
    instructions = [text for data in sets for text in data.instructions]
    arms = {data.embodiment for data in sets}
    if len(arms) > 1:
        raise DataError(f"data of one arm expected, found {', '.join(sorted(arms))}")
    if init is not None:
        return for_data(load_checkpoint(init), arms.pop(), instructions)
    tokenizer = build_tokenizer(instructions)
    config = ModelConfig(tokenizer.get_vocab_size(), arms.pop())
    return Checkpoint(config, build_modules(config), tokenizer, statistics=None, state={})


def joined(parts: Iterable[Inputs]) -> Inputs:
    """Batches with the same parts as one."""
    batches = list(parts)
    return {name: torch.cat([batch[name] for batch in batches]) for name in batches[0]}


def spatial_labels(inputs: Inputs) -> dict[str, Tensor]:
    return {name: inputs[name] for name in SPATIAL_LABELS}


def run_planner(modules: nn.ModuleDict, words: Tensor, images: Tensor) -> Plan:
    return modules["language"](words, modules["vision"](images))


def name_words(modules: nn.ModuleDict, words: Tensor, images: Tensor) -> Tensor:
    language: Any = modules["language"]
    return language.name_words(words, modules["vision"](images))


def hide_words(words: Tensor, tokenizer: Tokenizer, random: StepRandom) -> tuple[Tensor, Tensor]:
    """The sentences without some words of their instructions, and which: both [B,L].

    The prompt around an instruction is always the same: there is nothing to guess in it.
    """
    prompt = torch.tensor([PAD_ID, *encode_prompt(tokenizer)], device=words.device)
    hidden = torch.rand(words.shape, generator=random.torch) < HIDDEN_WORD_SHARE
    hidden = hidden.to(words.device) & ~torch.isin(words, prompt)
    return words.masked_fill(hidden, UNKNOWN_ID), hidden


@torch.no_grad()
def naming_metrics(
    modules: nn.ModuleDict, source: SpatialData, tokenizer: Tokenizer, device: str
) -> dict[str, float]:
    """Share of hidden words that are named right, held out."""
    random = StepRandom(0, 0)
    right = count = 0
    for rows in held_out_batches(source):
        words, images, _ = source.batch(rows)
        shown, hidden = hide_words(words, tokenizer, random)
        with autocast(device):
            named = name_words(modules, shown, images).argmax(-1)
        right += int((named == words)[hidden].sum())
        count += int(hidden.sum())
    return {"named": right / max(1, count)}


def held_out_batches(source: SpatialData) -> Iterator[np.ndarray]:
    rows = source.data.held_out_rows
    rows = rows[:: max(1, len(rows) // VALIDATION_ROWS)][:VALIDATION_ROWS]
    for begin in range(0, len(rows), 64):
        yield rows[begin : begin + 64]


def forget_words(words: Tensor, random: StepRandom) -> Tensor:
    """Now and then a word is unknown, so that a new word in a sentence does no harm later."""
    forgotten = torch.rand(words.shape, generator=random.torch) < UNKNOWN_WORD_SHARE
    return words.masked_fill(forgotten.to(words.device), UNKNOWN_ID)


def planner_metrics(modules: nn.ModuleDict, source: SpatialData, device: str) -> dict[str, float]:
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
    """bfloat16 where the device computes with it: twice as fast there, far slower if emulated."""
    kind = torch.device(device).type
    fast = kind != "cpu" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(kind, torch.bfloat16, enabled=fast)
