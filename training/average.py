"""Two checkpoints of one network -> one between them.

Weights that were trained on from others lie in one valley with them; between them is often a model
that has kept what the earlier ones could and the later ones have lost.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from .network import load_checkpoint


def average_checkpoints(earlier: Path, later: Path, share: float, out: Path) -> None:
    """Writes `share` of the later weights plus the rest of the earlier ones, to evaluate or go on.

    Parts and words that the earlier one does not have are the later one's.
    """
    before = torch.load(earlier, weights_only=False, map_location="cpu")["modules"]
    _, modules, _, _, state = load_checkpoint(later)

    def between(name: str, value: Tensor) -> Tensor:
        if name not in before or not value.is_floating_point():
            return value
        # The later one may know more words; they come behind the others.
        known = slice(len(before[name])) if value.dim() else ...
        mixed = value.clone()
        mixed[known] = share * value[known] + (1 - share) * before[name]
        return mixed

    averaged = {name: between(name, value) for name, value in modules.state_dict().items()}
    kept = ("config", "tokenizer", "statistics", "home_orientation")
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(
        {
            "step": 0,
            "steps": 0,
            "modules": averaged,
            **{key: state[key] for key in kept},
            "stage": f"{share} of {later.name}, the rest of {earlier.name}",
        },
        out,
    )
