"""Where each parameter of a graph comes from: names and shapes in the checkpoint, and a formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .weights import Weights


@dataclass(frozen=True)
class Source:
    keys: tuple[tuple[str, tuple[int, ...]], ...]
    make: Callable[..., Tensor]

    @torch.no_grad()
    def load(self, store: Weights) -> Tensor:
        """The parameter in float32; reads only the tensors that it is made of."""
        return self.make(*(store.load(name).float() for name, _ in self.keys))


Sources = dict[str, Source]


def same(name: str, *shape: int) -> Source:
    return Source(((name, shape),), lambda x: x)


def transposed(name: str, inputs: int, outputs: int) -> Source:
    """torch's Linear keeps [out, in]."""
    return Source(((name, (outputs, inputs)),), lambda x: x.t())


def concatenated(*parts: Source) -> Source:
    """Concatenates sources along the last dimension."""
    counts = [len(part.keys) for part in parts]

    def make(*tensors: Tensor) -> Tensor:
        made, start = [], 0
        for part, count in zip(parts, counts):
            made.append(part.make(*tensors[start : start + count]))
            start += count
        return torch.cat(made, -1)

    return Source(tuple(key for part in parts for key in part.keys), make)


def linear(name: str, target: str, inputs: int, outputs: int, bias: bool = True) -> Sources:
    sources = {f"{target}.weight": transposed(f"{name}.weight", inputs, outputs)}
    if bias:
        sources[f"{target}.bias"] = same(f"{name}.bias", outputs)
    return sources


def norm(name: str, target: str, width: int) -> Sources:
    return {f"{target}.{part}": same(f"{name}.{part}", width) for part in ("weight", "bias")}


def under(prefix: str, sources: Sources) -> Sources:
    return {f"{prefix}.{name}": source for name, source in sources.items()}
