"""What a training reports: lines on the terminal and records in OUT/NAME.jsonl."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

from torch import Tensor

from .processes import rank
from .step import Losses


class Progress:
    """Reports the mean losses of every `every` steps, the time a step takes, and the time left."""

    def __init__(self, out: Path, name: str, steps: int, every: int, first_step: int):
        self.name, self.steps, self.every = name, steps, every
        self.first, self.began = first_step, time.monotonic()
        self.sums: dict[str, Tensor] = {}
        self.count = 0
        out.mkdir(parents=True, exist_ok=True)
        self.log = out / f"{name}.jsonl"

    def add(self, step: int, losses: Losses) -> None:
        """Adds the losses of one step; process 0 reports them when it is time to."""
        # The sums stay on the device: reading a number waits for it.
        for name, loss in losses.items():
            self.sums[name] = self.sums.get(name, 0.0) + loss.detach()
        self.count += 1
        if (step % self.every and step != self.steps) or rank() > 0:
            return
        means = {name: value.item() / self.count for name, value in self.sums.items()}
        self.sums, self.count = {}, 0
        step_sec = (time.monotonic() - self.began) / (step - self.first)
        left_min = step_sec * (self.steps - step) / 60
        text = "  ".join(f"{name} {value:.4f}" for name, value in means.items())
        print(
            f"{self.name} {step}/{self.steps}  {text}  "
            f"{step_sec * 1000:.0f} ms/step  left {left_min:.1f} min",
            flush=True,
        )
        self.write({"step": step, "ms_per_step": round(step_sec * 1000, 1), **means})

    def validated(self, step: int, metrics: dict[str, float]) -> None:
        """Reports what the averaged weights achieve on held-out rows."""
        text = "  ".join(f"{name} {value:.3f}" for name, value in metrics.items())
        print(f"{self.name} {step} held out: {text}", flush=True)
        # JSON has no NaN: a metric without rows is null.
        known = {name: None if math.isnan(value) else value for name, value in metrics.items()}
        self.write({"step": step, "held_out": known})

    def write(self, record: dict) -> None:
        """Appends a record with the time of day (seconds since 1970) to the log."""
        record["time"] = round(time.time(), 1)
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
