"""The training loop that both stages share: schedule, averaging, checkpoints, progress.

Everything random in step n is a function of the seed and n, so a resumed run takes exactly the
steps that an uninterrupted one would have taken.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn

from .step import Inputs, Losses, Step, step_on


@dataclass(frozen=True)
class LoopOptions:
    out: Path
    name: str  # of the checkpoint: OUT/NAME.pt
    steps: int
    seed: int
    warmup: int = 100
    ema: float = 0.998
    save_every_sec: float = 60.0
    report_every: int = 50
    validate_every: int = 500
    final_rate: float = 0.02  # share of the learning rate that is left at the end


class StepRandom:
    """Streams for numpy and torch, a function of the seed, the step and the process only."""

    def __init__(self, seed: int, step: int):
        self.numpy = np.random.default_rng([seed, step, rank()])
        self.torch = torch.Generator().manual_seed(int(self.numpy.integers(2**62)))


class Trainer:
    """AdamW with warm-up and cosine decay, an average of the weights, resumable checkpoints."""

    def __init__(
        self,
        modules: nn.ModuleDict,
        rates: dict[str, float],
        options: LoopOptions,
        extra: dict,
    ):
        self.modules = modules
        self.options = options
        self.extra = extra  # travels in the checkpoint: config, tokenizer, statistics, ...
        self.trained = {name: rate for name, rate in rates.items() if rate > 0}
        groups = []
        for name, rate in self.trained.items():
            groups += parameter_groups(modules[name], rate)
        self.device = groups[0]["params"][0].device
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.95), fused=True)
        self.rates = [group["lr"] for group in self.optimizer.param_groups]
        self.prepare_optimizer()
        self.parameters = [p for group in self.optimizer.param_groups for p in group["params"]]
        for name, module in modules.items():
            module.requires_grad_(name in self.trained)
        self.averages = [p.detach().clone() for p in self.parameters]
        self.step = 0

    @property
    def checkpoint(self) -> Path:
        return self.options.out / f"{self.options.name}.pt"

    def resume(self) -> bool:
        """Takes up an earlier run of the same name; false when there is none."""
        if not self.checkpoint.exists():
            return False
        state = torch.load(self.checkpoint, weights_only=False, map_location="cpu")
        if state["steps"] != self.options.steps:
            raise SystemExit(
                f"{self.checkpoint} is of a run of {state['steps']} steps, "
                f"not {self.options.steps}: give another --name, or delete it"
            )
        self.modules.load_state_dict(state["raw"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.prepare_optimizer()
        copy_into(self.averages, state["averages"])
        self.step = state["step"]
        return True

    def prepare_optimizer(self) -> None:
        """Rates lie on the device, where a recorded step reads them."""
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"] = torch.tensor(rate, device=self.device)
            group["capturable"] = self.device.type == "cuda"

    def save(self) -> None:
        raw = {key: value.clone() for key, value in self.modules.state_dict().items()}
        with self.averaged():
            averaged = {key: value.clone() for key, value in self.modules.state_dict().items()}
        state = {
            "step": self.step,
            "steps": self.options.steps,
            "raw": raw,
            "modules": averaged,
            "averages": self.averages,
            "optimizer": self.optimizer.state_dict(),
            **self.extra,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        partial = self.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.checkpoint)

    def averaged(self) -> _Averaged:
        """Within this context the modules hold the averaged weights."""
        return _Averaged(self.parameters, self.averages)

    def run(
        self,
        inputs_of: Callable[[int, StepRandom], Inputs],
        losses_of: Callable[[Inputs], Losses],
        validate: Callable[[], dict[str, float]],
    ) -> None:
        """
        `inputs_of` draws, on the host, all that a step needs and that is random in it; `losses_of`
        returns named losses, already weighted, whose sum is minimised.
        """
        options = self.options
        take_step = step_on(self.device, Step(losses_of, self.parameters, self.optimizer))
        progress = Progress(options, self.step)
        saved = time.monotonic()
        while self.step < options.steps:
            losses = self.advance(inputs_of, take_step)
            progress.add(self.step, losses)
            done = self.step == options.steps
            if rank() > 0:
                continue
            if done or self.step % options.validate_every == 0:
                with self.averaged(), torch.no_grad():
                    progress.validated(self.step, validate())
            if done or time.monotonic() - saved > options.save_every_sec:
                self.save()
                saved = time.monotonic()

    def advance(
        self,
        inputs_of: Callable[[int, StepRandom], Inputs],
        take_step: Callable[[Inputs], Losses],
    ) -> Losses:
        options = self.options
        factor = rate_factor(self.step, options)
        for group, rate in zip(self.optimizer.param_groups, self.rates):
            group["lr"].fill_(rate * factor)
        losses = take_step(inputs_of(self.step, StepRandom(options.seed, self.step)))
        self.step += 1
        # Early averages follow closely, later ones change slowly.
        keep = min(options.ema, self.step / (self.step + 10))
        torch._foreach_lerp_(self.averages, [p.detach() for p in self.parameters], 1 - keep)
        return losses


class _Averaged:
    def __init__(self, parameters: list[Tensor], averages: list[Tensor]):
        self.parameters, self.averages = parameters, averages

    def __enter__(self) -> None:
        self.own = [p.detach().clone() for p in self.parameters]
        copy_into(self.parameters, self.averages)

    def __exit__(self, *_) -> None:
        copy_into(self.parameters, self.own)


class Progress:
    """A line on the terminal and a line of JSON now and then."""

    def __init__(self, options: LoopOptions, first_step: int):
        self.options = options
        self.first, self.began = first_step, time.monotonic()
        self.sums: dict[str, Tensor] = {}
        self.count = 0
        options.out.mkdir(parents=True, exist_ok=True)
        self.log = options.out / f"{options.name}.jsonl"

    def add(self, step: int, losses: Losses) -> None:
        # Summed where they are: to ask for a number is to wait for the device.
        for name, loss in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + loss.detach()
        self.count += 1
        if (step % self.options.report_every and step != self.options.steps) or rank() > 0:
            return
        means = {name: value.item() / self.count for name, value in self.sums.items()}
        self.sums, self.count = {}, 0
        each = (time.monotonic() - self.began) / (step - self.first)
        left = each * (self.options.steps - step)
        text = "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        print(
            f"{self.options.name} {step}/{self.options.steps}  {text}  "
            f"{each * 1000:.0f} ms/step  left {left / 60:.1f} min",
            flush=True,
        )
        self.write({"step": step, "ms_per_step": round(each * 1000, 1), **means})

    def validated(self, step: int, metrics: dict[str, float]) -> None:
        text = "  ".join(f"{name} {value:.3f}" for name, value in metrics.items())
        print(f"{self.options.name} {step} held out: {text}", flush=True)
        # JSON knows no NaN: what of nothing can be said is null.
        known = {name: None if math.isnan(value) else value for name, value in metrics.items()}
        self.write({"step": step, "held_out": known})

    def write(self, record: dict) -> None:
        record["time"] = round(time.time(), 1)
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def join_processes(device: str) -> None:
    """Under torchrun, makes the processes one training; every one of them has its own batch."""
    if dist.is_torchelastic_launched() and not dist.is_initialized():
        dist.init_process_group("gloo" if device == "cpu" else "nccl")


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def rate_factor(step: int, options: LoopOptions) -> float:
    if step < options.warmup:
        return (step + 1) / options.warmup
    done = (step - options.warmup) / max(1, options.steps - options.warmup)
    return options.final_rate + (1 - options.final_rate) * 0.5 * (1 + math.cos(math.pi * done))


def parameter_groups(module: nn.Module, rate: float) -> list[dict]:
    """Weights are decayed; biases and the gains of norms are not."""
    decayed = [p for p in module.parameters() if p.dim() >= 2]
    plain = [p for p in module.parameters() if p.dim() < 2]
    groups = [
        {"params": decayed, "lr": rate, "weight_decay": 0.01},
        {"params": plain, "lr": rate, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


@torch.no_grad()
def copy_into(targets: list[Tensor], sources: list[Tensor]) -> None:
    for target, source in zip(targets, sources):
        target.copy_(source)
