"""One step of training: losses, gradients, new weights.

The networks are small: a step is thousands of small kernels, and to start them takes ten times as
long as they run. On a CUDA device they are therefore recorded once and replayed as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

Inputs = dict[str, Tensor]
Losses = dict[str, Tensor]


def to_device(inputs: Inputs, device: torch.device | str) -> Inputs:
    """Copies inputs to a device."""
    return {name: value.to(device) for name, value in inputs.items()}


# Libraries choose their kernels in the first steps, which a recording cannot hold.
UNRECORDED_STEPS = 3


class Step:
    """Minimises the sum of the losses; a step whose gradient is not finite changes no weight."""

    def __init__(
        self,
        losses_of: Callable[[Inputs], Losses],
        parameters: list[Tensor],
        optimizer: torch.optim.Optimizer,
    ):
        self.losses_of, self.parameters, self.optimizer = losses_of, parameters, optimizer

    def __call__(self, inputs: Inputs) -> Losses:
        losses = self.losses_of(inputs)
        self.optimizer.zero_grad(set_to_none=True)
        total: Any = sum(losses.values())
        total.backward()
        share_gradients(self.parameters)
        norm = nn.utils.clip_grad_norm_(self.parameters, 1.0)
        # The fused optimizer reads it on the device, so the host need not wait for the number.
        optimizer: Any = self.optimizer
        optimizer.found_inf = norm.isfinite().logical_not().float()
        self.optimizer.step()
        return losses


class RecordedStep:
    """A step as a CUDA graph: inputs always of the same shapes, losses in the same memory."""

    def __init__(self, step: Step, device: torch.device):
        self.step, self.device = step, device
        self.stream = torch.cuda.Stream(device)
        self.graph: torch.cuda.CUDAGraph | None = None
        self.inputs: Inputs = {}
        self.losses: Losses = {}
        self.count = 0

    def __call__(self, inputs: Inputs) -> Losses:
        if not self.inputs:
            self.inputs = to_device(inputs, self.device)
        else:
            # From pinned memory: the host draws the next batch meanwhile.
            for name, value in inputs.items():
                self.inputs[name].copy_(value.pin_memory(), non_blocking=True)
        self.count += 1
        if self.count <= UNRECORDED_STEPS:
            self.stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(self.stream):
                losses = self.step(self.inputs)
            torch.cuda.current_stream().wait_stream(self.stream)
            return losses
        if self.graph is None:
            self.graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self.graph):
                self.losses = self.step(self.inputs)
        self.graph.replay()
        return self.losses


def step_on(device: torch.device, step: Step) -> Callable[[Inputs], Losses]:
    """Makes a step that takes inputs from the host; on one CUDA device it is recorded."""
    if device.type == "cuda" and not dist.is_initialized():
        return RecordedStep(step, device)
    return lambda inputs: step(to_device(inputs, device))


def share_gradients(parameters: list[Tensor]) -> None:
    """Averages gradients over the processes of a run, in one message."""
    if not dist.is_initialized():
        return
    gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for p, part in zip(parameters, flat.split([p.numel() for p in parameters])):
        p.grad = part.view_as(p)
