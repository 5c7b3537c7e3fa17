"""The training loop that both stages share: schedule, averaging, checkpoints, progress.

Everything random in step n is a function of the seed and n, so a resumed run takes exactly the
steps that an uninterrupted one would have taken.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel

from .processes import rank
from .progress import Progress
from .step import Inputs, Losses, Step, step_on


@dataclass(frozen=True)
class LoopOptions:
    """How long a run is, where it is stored, and how often it reports."""

    out: Path
    name: str  # of the checkpoint: OUT/NAME.pt
    steps: int
    seed: int
    warmup: int = 100  # steps
    ema: float = 0.998  # share of the average that a step keeps, once the run is long enough
    save_every_sec: float = 60.0
    report_every: int = 50  # steps
    validate_every: int = 500  # steps
    final_rate: float = 0.02  # share of the learning rate that is left at the end


class StepRandom:
    """Streams for numpy and torch, a function of the seed, the step and the process only."""

    def __init__(self, seed: int, step: int):
        self.numpy = np.random.default_rng([seed, step, rank()])
        self.torch = torch.Generator().manual_seed(int(self.numpy.integers(2**62)))


InputsOf = Callable[[int, StepRandom], Inputs]


class Trainer:
    """AdamW with warm-up and cosine decay, an average of the weights, resumable checkpoints."""

    def __init__(
        self,
        modules: nn.ModuleDict,
        rates: dict[str, float],
        options: LoopOptions,
        extra: dict,
    ):
        """Trains the modules whose rate is above 0 and freezes the others.

        `extra` travels in the checkpoint: config, tokenizer, statistics, ...
        """
        self.modules, self.options, self.extra = modules, options, extra
        trained = {name: rate for name, rate in rates.items() if rate > 0}
        groups = [
            group
            for name, rate in trained.items()
            for group in parameter_groups(modules[name], rate)
        ]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.95), fused=True)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.parameters: list[Tensor] = [p for group in groups for p in group["params"]]
        self.device = self.parameters[0].device
        for name, module in modules.items():
            module.requires_grad_(name in trained)
        self.average = AveragedModel(modules, multi_avg_fn=partial(blend, options.ema))
        self.drawn: Inputs | None = None  # of the coming step
        self.continue_from(0)

    @property
    def checkpoint(self) -> Path:
        """The file that `save` writes and `resume` reads."""
        return self.options.out / f"{self.options.name}.pt"

    @property
    def averaged(self) -> nn.ModuleDict:
        """The modules with averaged weights, which are validated and which a checkpoint is for."""
        return cast(nn.ModuleDict, self.average.module)

    def resume(self) -> bool:
        """Continues an earlier run of the same name; returns false if there is no checkpoint of it.

        Raises SystemExit if that run has another number of steps.
        """
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, weights_only=False, map_location="cpu")
        if state["steps"] != self.options.steps:
            raise SystemExit(
                f"{self.checkpoint} is of a run of {state['steps']} steps, "
                f"not {self.options.steps}: give another --name, or delete it"
            )
        self.modules.load_state_dict(state["raw"])
        self.averaged.load_state_dict(state["modules"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.continue_from(state["step"])
        return True

    def continue_from(self, step: int) -> None:
        """Sets optimizer, schedule and average to the beginning of a step."""
        self.step = step
        self.average.n_averaged.fill_(step + 1)  # the weights of the beginning count as one
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            # A recorded step reads the rate on the device; the schedule computes it on the host.
            group["initial_lr"], group["lr"] = rate, torch.tensor(rate, device=self.device)
            group["capturable"] = self.device.type == "cuda"
        self.schedule = LambdaLR(self.optimizer, partial(rate_factor, self.options), step - 1)

    def save(self) -> None:
        """Writes the checkpoint: the weights of this step, their average, the optimizer's state."""
        state = {
            "step": self.step,
            "steps": self.options.steps,
            "raw": self.modules.state_dict(),
            "modules": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            **self.extra,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        partial_file = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial_file)
        partial_file.replace(self.checkpoint)

    def run(
        self,
        inputs_of: InputsOf,
        losses_of: Callable[[Inputs], Losses],
        validate: Callable[[nn.ModuleDict], dict[str, float]],
    ) -> None:
        """Takes all steps that are left; reports, validates and saves on the way.

        `inputs_of` draws, on the host, all that a step needs and that is random in it. `losses_of`
        returns named losses, already weighted, whose sum is minimised. `validate` gets the modules
        with averaged weights and returns metrics by name.
        """
        options = self.options
        take_step = step_on(self.device, Step(losses_of, self.parameters, self.optimizer))
        progress = Progress(
            options.out, options.name, options.steps, options.report_every, self.step
        )
        saved = time.monotonic()
        while self.step < options.steps:
            losses = self.advance(inputs_of, take_step)
            progress.add(self.step, losses)
            done = self.step == options.steps
            if rank() > 0:
                continue
            if done or self.step % options.validate_every == 0:
                with torch.no_grad():
                    progress.validated(self.step, validate(self.averaged))
            if done or time.monotonic() - saved > options.save_every_sec:
                self.save()
                saved = time.monotonic()

    def advance(self, inputs_of: InputsOf, take_step: Callable[[Inputs], Losses]) -> Losses:
        """Takes one step and averages its weights; returns the losses, on the device."""
        losses = take_step(self.drawn or self.draw(inputs_of))
        self.step += 1
        self.schedule.step()
        # The average waits for a GPU, so the host draws the next batch before.
        self.drawn = self.draw(inputs_of) if self.step < self.options.steps else None
        self.average.update_parameters(self.modules)
        return losses

    def draw(self, inputs_of: InputsOf) -> Inputs:
        """Inputs of the coming step, on the host."""
        return inputs_of(self.step, StepRandom(self.options.seed, self.step))


@torch.no_grad()
def blend(ema: float, averages: list[Tensor], weights: list[Tensor], count: Tensor | int) -> None:
    """Moves averages towards the weights after `count` steps, in place.

    Early averages follow closely, later ones keep the share `ema` of themselves.
    """
    steps = int(count)
    kept = min(ema, steps / (steps + 10))
    torch._foreach_lerp_(averages, weights, 1 - kept)


def rate_factor(options: LoopOptions, step: int) -> float:
    """Share of the learning rate in a step: a linear warm-up, then half a cosine to the end."""
    if step < options.warmup:
        return (step + 1) / options.warmup
    done = (step - options.warmup) / max(1, options.steps - options.warmup)
    return options.final_rate + (1 - options.final_rate) * 0.5 * (1 + math.cos(math.pi * done))


def parameter_groups(module: nn.Module, rate: float) -> list[dict]:
    """Parameters for AdamW: weights are decayed; biases and the gains of norms are not."""
    decayed = [p for p in module.parameters() if p.dim() >= 2]
    plain = [p for p in module.parameters() if p.dim() < 2]
    groups = [
        {"params": decayed, "lr": rate, "weight_decay": 0.01},
        {"params": plain, "lr": rate, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
