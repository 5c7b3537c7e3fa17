"""Trains the miniature: one command a stage. Start with torchrun to use several processes."""

from __future__ import annotations

from pathlib import Path

import torch

from .commandline import Command, make_parser, option
from .data import DataError
from .full.cli import FULL_COMMANDS
from .network import EXPERT as EXPERT_PARTS
from .processes import join_processes
from .runs import (
    run_actions,
    run_average,
    run_export,
    run_grounding,
    run_measure,
    run_restore,
)

THREADS = option("--threads", type=int, default=0, help="CPU threads (default: all cores)")
STATIC = option(
    "--static", type=Path, nargs="+", default=[Path("runs/data/static")], help="folders of scenes"
)
EPISODES = option(
    "--episodes",
    type=Path,
    nargs="+",
    default=[Path("runs/data/episodes")],
    help="folders of episodes",
)
CHECKPOINT = option("--checkpoint", type=Path, required=True, help="a .pt file")
CHECKPOINT_OUT = option("--out", type=Path, required=True, help="the checkpoint, a .pt file")
RUN = (
    option("--out", type=Path, default=Path("runs/train"), help="folder of checkpoints and logs"),
    option("--seed", type=int, default=0, help="of batches and noise"),
    option("--device", default="cpu", help="cpu or cuda"),
    THREADS,
    option("--init", type=Path, help="begin with the weights of this checkpoint"),
)

GROUNDING = (
    *RUN,
    option("--name", default="grounding", help="of the checkpoint: OUT/NAME.pt"),
    STATIC,
    option("--episodes", type=Path, nargs="*", default=[], help="frames as further scenes"),
    option("--episode-share", type=float, default=0.5, help="of frames in a batch (default: 0.5)"),
    option("--steps", type=int, default=3000, help="of the optimizer"),
    option("--batch", type=int, default=48, help="scenes a step and process"),
    option("--rate", type=float, default=1e-3, help="learning rate"),
    option(
        "--objective",
        choices=("spatial", "naming"),
        default="spatial",
        help="naming: what objects are called instead of where they are, for a baseline",
    ),
)

ACTIONS = (
    *RUN,
    option("--name", default="actions", help="of the checkpoint: OUT/NAME.pt"),
    STATIC,
    EPISODES,
    option(
        "--mode",
        choices=("joint", "expert"),
        required=True,
        help="joint: planner and expert together; expert: the planner's answers are computed once",
    ),
    option("--steps", type=int, default=1000, help="of the optimizer"),
    option("--batch", type=int, default=32, help="frames a step and process"),
    option("--static-batch", type=int, default=8, help="scenes beside the frames (joint)"),
    option("--rate", type=float, default=1e-3, help="learning rate of the expert"),
    option("--planner-rate", type=float, default=3e-4, help="of the planner (joint)"),
    option(
        "--spatial-weight",
        type=float,
        default=0.2,
        help="of the loss on the spatial answer (joint); 0: actions alone, for a baseline",
    ),
    option(
        "--from-scratch", action="store_true", help="without --init: random weights, for a baseline"
    ),
    option("--warmup", type=int, default=100, help="steps in which the rate grows"),
    option(
        "--oversample",
        deprecated="--favour",
        nargs="+",
        default=[],
        metavar="WORD",
        help="draw sentences with one of these words three times as often",
    ),
    option(
        "--freeze",
        deprecated="--keep",
        nargs="+",
        default=[],
        choices=EXPERT_PARTS,
        help="parts of the expert that are not trained, which saves their gradients",
    ),
)

EXPORT = (
    CHECKPOINT,
    option("--out", type=Path, required=True, help="folder of the package"),
    EPISODES,
)

RESTORE = (
    option("--package", type=Path, required=True, help="folder of the package"),
    CHECKPOINT_OUT,
)

AVERAGE = (
    option("--earlier", type=Path, required=True, help="a .pt file"),
    option("--later", type=Path, required=True, help="trained on from the earlier one"),
    option("--share", type=float, default=0.6, help="of the later weights"),
    CHECKPOINT_OUT,
)

MEASURE = (
    CHECKPOINT,
    option(
        "--data",
        type=Path,
        nargs="+",
        default=[Path("runs/data/static")],
        help="folders of one kind",
    ),
    option("--seed", type=int, default=0, help="of the training: what it held out"),
    option("--whole", action="store_true", help="of all rows: no training has seen these folders"),
    THREADS,
)

COMMANDS = (
    Command("grounding", "stage (i): points, boxes, trajectories", GROUNDING, run_grounding),
    Command("actions", "stage (ii): spatially guided actions", ACTIONS, run_actions),
    Command("export", "checkpoint to model package", EXPORT, run_export),
    Command("restore", "model package to checkpoint, to train it further", RESTORE, run_restore),
    Command("average", "a checkpoint between two others", AVERAGE, run_average),
    Command("measure", "errors of the planner's answers", MEASURE, run_measure),
    *FULL_COMMANDS,
)


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns its exit code, 2 for unusable options or data."""
    options = make_parser("python -m training", __doc__, COMMANDS).parse_args(arguments)
    if getattr(options, "threads", 0):
        torch.set_num_threads(options.threads)
    join_processes(getattr(options, "device", "cpu"))
    try:
        return options.run(options)
    except DataError as error:
        print(f"error: {error}")
        return 2
