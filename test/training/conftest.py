"""What the tests of training/ share: `python -m pytest` from the root of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

SEED = 3


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Sums come out the same on every machine, and tests do not compete for the cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny checkpoint of the full-size model in `tiny`; tests add their own."""
    # Here, so that the tests of the miniature run without the packages of the full size.
    from training.full.tiny import write_checkpoint

    folder = tmp_path_factory.mktemp("full")
    write_checkpoint(folder / "tiny", SEED)
    return folder
