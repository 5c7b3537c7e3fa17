"""What the checks share."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from training.full.checkpoint import Checkpoint
from training.full.errors import CheckpointError
from training.full.tiny import read_tiny


def tiny(root: Path) -> Checkpoint:
    return read_tiny(root / "tiny")


def near(found: Tensor, expected: Tensor, most: float, what: str = "") -> float:
    assert found.shape == expected.shape, f"{what}: {found.shape} and {expected.shape}"
    off = float((found - expected).detach().abs().max())
    assert off <= most, f"{what}: off by {off:.1e}, at most {most:.0e}"
    return off


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@contextlib.contextmanager
def refusal(*words: str) -> Iterator[None]:
    """The block is refused with an error for the user that says all of `words`."""
    try:
        yield
    except CheckpointError as error:
        missing = [word for word in words if word not in str(error)]
        assert not missing, f"the refusal does not say {missing}: {error}"
        return
    raise AssertionError(f"not refused ({', '.join(words)})")
