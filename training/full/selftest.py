"""`python -m training selftest-full`: is the full-size model computed and exported rightly?

Everything is compared with other people's implementations (transformers, diffusers, onnxruntime) or
with a second, plain one written in the checks. Takes a few minutes; needs no network and no GPU.
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import torch

from .selftest_checkpoint import checkpoint_checks
from .selftest_command import command_checks
from .selftest_dino import dino_checks
from .selftest_expert import expert_checks
from .selftest_export import export_checks
from .selftest_planner import planner_checks
from .selftest_quantise import quantise_checks
from .tiny import write_checkpoint

SEED = 3
Check = Callable[[], object]


def selftest(only: str = "") -> int:
    torch.set_num_threads(1)
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_checkpoint(root / "tiny", SEED)
        for name, check in all_checks(root):
            if only not in name:
                continue
            count += 1
            start = time.monotonic()
            try:
                note = check()
                print(f"ok      {name}{told(note)} ({time.monotonic() - start:.0f} s)", flush=True)
            except Exception as error:  # noqa: BLE001 - a check may fail in any way
                failed += 1
                print(f"FAILED  {name}: {error}", flush=True)
                if not isinstance(error, AssertionError):
                    traceback.print_exc()
    print(f"{count - failed} of {count} ok")
    return 1 if failed or not count else 0


def told(note: object) -> str:
    return f": {note}" if note is not None else ""


def all_checks(root: Path) -> list[tuple[str, Check]]:
    return [
        *expert_checks(root),
        *dino_checks(root),
        *planner_checks(root),
        *checkpoint_checks(root),
        *quantise_checks(),
        *export_checks(root),
        *command_checks(root),
    ]
