"""The loop that both stages share, on one linear layer: rates, averages, checkpoints."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from training.loop import LoopOptions, StepRandom, Trainer
from training.step import Step

STEPS, WARMUP, RATE = 30, 4, 1e-2


def make_trainer(out: Path, steps: int = STEPS) -> Trainer:
    """A trainer of `line` [3,2], beside a `frozen` layer that is not trained."""
    torch.manual_seed(0)
    modules = nn.ModuleDict({"line": nn.Linear(2, 3), "frozen": nn.Linear(2, 3)})
    options = LoopOptions(out, "line", steps, seed=0, warmup=WARMUP, validate_every=steps)
    return Trainer(modules, {"line": RATE, "frozen": 0.0}, options, {"stage": "test"})


def inputs_of(step: int, random: StepRandom) -> dict[str, torch.Tensor]:
    return {"x": torch.randn(8, 2, generator=random.torch)}


def losses_of(trainer: Trainer):
    """The layer learns to answer with ones."""
    line: Any = trainer.modules["line"]
    return lambda inputs: {"square": (line(inputs["x"]) - 1).square().mean()}


def weight(modules: nn.ModuleDict, name: str) -> torch.Tensor:
    layer: Any = modules[name]
    return layer.weight.detach()


def train(trainer: Trainer) -> None:
    trainer.run(inputs_of, losses_of(trainer), lambda averaged: {})


def test_rates_and_averages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates warm up and fall with a cosine; the average keeps n/(n+10) of itself, at most 0.998."""
    trainer = make_trainer(tmp_path)
    expected = [p.detach().clone() for p in trainer.modules.parameters()]
    advance = Trainer.advance
    rates: list[float] = []

    def watched(self, *parts):
        rates.append(float(self.optimizer.param_groups[0]["lr"]))
        losses = advance(self, *parts)
        kept = min(0.998, self.step / (self.step + 10))
        for average, p in zip(expected, self.modules.parameters()):
            average.lerp_(p.detach(), 1 - kept)
        return losses

    monkeypatch.setattr(Trainer, "advance", watched)
    train(trainer)
    done = [max(0.0, (step - WARMUP) / (STEPS - WARMUP)) for step in range(STEPS)]
    factors = [0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)) for share in done]
    factors[:WARMUP] = [(step + 1) / WARMUP for step in range(WARMUP)]
    assert rates == pytest.approx([RATE * factor for factor in factors], rel=1e-6)
    for average, found in zip(expected, trainer.averaged.parameters()):
        assert torch.equal(average, found), f"off by {(average - found).abs().max()}"
    raw, averaged = weight(trainer.modules, "line"), weight(trainer.averaged, "line")
    assert not torch.equal(raw, averaged), "the average is no other than the weights"


def test_frozen(tmp_path: Path) -> None:
    """A module without a rate keeps its weights, in the average, too."""
    trainer = make_trainer(tmp_path)
    before = weight(trainer.modules, "frozen").clone()
    train(trainer)
    assert torch.equal(before, weight(trainer.modules, "frozen"))
    assert torch.equal(before, weight(trainer.averaged, "frozen"))


def test_older_checkpoint(tmp_path: Path) -> None:
    """A run goes on from a checkpoint with a list of averages and without initial rates."""
    whole = make_trainer(tmp_path / "whole")
    train(whole)
    half = make_trainer(tmp_path / "half")
    take_step = Step(losses_of(half), half.parameters, half.optimizer)
    for _ in range(STEPS // 2):
        half.advance(inputs_of, take_step)
    half.save()
    state = torch.load(half.checkpoint, weights_only=False)
    for group in state["optimizer"]["param_groups"]:
        del group["initial_lr"]
    state["averages"] = [p.detach() for p in half.averaged["line"].parameters()]
    torch.save(state, half.checkpoint)
    resumed = make_trainer(tmp_path / "half")
    assert resumed.resume() and resumed.step == STEPS // 2
    train(resumed)
    for one, other in ((whole.modules, resumed.modules), (whole.averaged, resumed.averaged)):
        for a, b in zip(one.parameters(), other.parameters()):
            assert torch.equal(a, b), f"weights differ by {(a - b).abs().max()}"


def test_other_length(tmp_path: Path) -> None:
    """A checkpoint of a run of another length is refused."""
    trainer = make_trainer(tmp_path)
    trainer.save()
    with pytest.raises(SystemExit, match=f"of a run of {STEPS} steps, not 7"):
        make_trainer(tmp_path, steps=7).resume()
    assert not make_trainer(tmp_path / "none").resume()
