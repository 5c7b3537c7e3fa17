"""Options of `export-full` that need more than a parser to check."""

from __future__ import annotations

import argparse

from .ddim import leading_timesteps
from .errors import CheckpointError
from .reference import Sampling

MAX_GUIDANCE = 10


def sampling_of(options: argparse.Namespace) -> Sampling:
    """Returns how a chunk is denoised; raises CheckpointError if an option is out of range."""
    try:
        leading_timesteps(options.steps)
    except ValueError as error:
        raise CheckpointError(f"--steps: {error}") from error
    if not 1 <= options.guidance <= MAX_GUIDANCE:
        found = options.guidance
        raise CheckpointError(f"--guidance: expected 1 (none) to {MAX_GUIDANCE}, found {found}")
    return Sampling(options.steps, options.guidance)
