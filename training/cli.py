"""Trains the miniature: one command a stage. Start with torchrun to use several processes."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .data import DataError
from .full.cli import add_full_commands
from .loop import join_processes
from .network import EXPERT as EXPERT_PARTS


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    if getattr(options, "threads", 0):
        torch.set_num_threads(options.threads)
    join_processes(getattr(options, "device", "cpu"))
    try:
        return options.run(options)
    except DataError as error:
        print(f"error: {error}")
        return 2


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    add_grounding(commands)
    add_actions(commands)
    add_export(commands)
    add_restore(commands)
    add_average(commands)
    add_measure(commands)
    add_full_commands(commands)
    return root


def add_common(command: argparse.ArgumentParser, name: str) -> None:
    command.add_argument(
        "--out", type=Path, default=Path("runs/train"), help="checkpoints and logs"
    )
    command.add_argument("--name", default=name, help="of the checkpoint: OUT/NAME.pt")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--device", default="cpu", help="cpu or cuda")
    command.add_argument("--threads", type=int, default=0, help="CPU threads (default: all cores)")
    command.add_argument("--init", type=Path, help="begin with the weights of this checkpoint")


def add_grounding(commands) -> None:
    command = commands.add_parser("grounding", help="stage (i): points, boxes, trajectories")
    add_common(command, "grounding")
    command.add_argument("--static", type=Path, nargs="+", default=[Path("runs/data/static")])
    command.add_argument(
        "--episodes", type=Path, nargs="*", default=[], help="frames as scenes, too"
    )
    command.add_argument(
        "--episode-share", type=float, default=0.5, help="of a batch (default 0.5)"
    )
    command.add_argument("--steps", type=int, default=3000)
    command.add_argument("--batch", type=int, default=48)
    command.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    command.add_argument(
        "--objective",
        choices=("spatial", "naming"),
        default="spatial",
        help="naming: what things are called instead of where they are, for a baseline",
    )
    command.set_defaults(run=run_grounding)


def add_actions(commands) -> None:
    command = commands.add_parser("actions", help="stage (ii): spatially guided actions")
    add_common(command, "actions")
    command.add_argument("--static", type=Path, nargs="+", default=[Path("runs/data/static")])
    command.add_argument("--episodes", type=Path, nargs="+", default=[Path("runs/data/episodes")])
    command.add_argument(
        "--mode",
        choices=("joint", "expert"),
        required=True,
        help="joint: planner and expert together; expert: the planner's answers are computed once",
    )
    command.add_argument("--steps", type=int, default=1000)
    command.add_argument("--batch", type=int, default=32)
    command.add_argument(
        "--static-batch", type=int, default=8, help="scenes beside the frames (joint)"
    )
    command.add_argument("--rate", type=float, default=1e-3, help="learning rate of the expert")
    command.add_argument("--planner-rate", type=float, default=3e-4, help="of the planner (joint)")
    command.add_argument(
        "--spatial-weight",
        type=float,
        default=0.2,
        help="of the loss on the spatial answer (joint); 0: actions alone, for a baseline",
    )
    command.add_argument(
        "--from-scratch", action="store_true", help="without --init: random weights, for a baseline"
    )
    command.add_argument("--warmup", type=int, default=100)
    command.add_argument(
        "--favour",
        nargs="+",
        default=[],
        metavar="WORD",
        help="draw sentences with one of these words three times as often",
    )
    command.add_argument(
        "--keep",
        nargs="+",
        default=[],
        choices=EXPERT_PARTS,
        help="parts of the expert whose weights stay as they are, which saves their gradients",
    )
    command.set_defaults(run=run_actions)


def add_export(commands) -> None:
    command = commands.add_parser("export", help="checkpoint to model package")
    command.add_argument("--checkpoint", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--episodes", type=Path, nargs="+", default=[Path("runs/data/episodes")])
    command.set_defaults(run=run_export)


def add_restore(commands) -> None:
    command = commands.add_parser(
        "restore", help="model package to checkpoint, to train it further"
    )
    command.add_argument("--package", type=Path, required=True)
    command.add_argument("--out", type=Path, required=True, help="the checkpoint, a .pt file")
    command.set_defaults(run=run_restore)


def add_average(commands) -> None:
    command = commands.add_parser("average", help="a checkpoint between two others")
    command.add_argument("--earlier", type=Path, required=True)
    command.add_argument(
        "--later", type=Path, required=True, help="trained on from the earlier one"
    )
    command.add_argument("--share", type=float, default=0.6, help="of the later weights")
    command.add_argument("--out", type=Path, required=True, help="the checkpoint, a .pt file")
    command.set_defaults(run=run_average)


def add_measure(commands) -> None:
    command = commands.add_parser("measure", help="errors of the planner's answers")
    command.add_argument("--checkpoint", type=Path, required=True)
    command.add_argument("--data", type=Path, nargs="+", default=[Path("runs/data/static")])
    command.add_argument("--seed", type=int, default=0, help="of the training: what it held out")
    command.add_argument(
        "--whole", action="store_true", help="of all rows: no training has seen these folders"
    )
    command.add_argument("--threads", type=int, default=0, help="CPU threads (default: all cores)")
    command.set_defaults(run=run_measure)


def run_grounding(options: argparse.Namespace) -> int:
    from .grounding import GroundingOptions, train_grounding
    from .loop import LoopOptions

    loop = LoopOptions(options.out, options.name, options.steps, options.seed)
    train_grounding(
        GroundingOptions(
            static=options.static,
            episodes=options.episodes,
            loop=loop,
            batch=options.batch,
            episode_share=options.episode_share,
            rate=options.rate,
            device=options.device,
            init=options.init,
            objective=options.objective,
        )
    )
    return 0


def run_actions(options: argparse.Namespace) -> int:
    from .actions import ActionOptions, train_actions
    from .loop import LoopOptions

    if (options.init is None) != options.from_scratch:
        print(
            "error: --init CHECKPOINT is needed: stage (ii) begins with a grounded planner; "
            "--from-scratch instead of it begins without"
        )
        return 2
    if options.mode == "expert" and options.from_scratch:
        print("error: --mode expert needs --init: its plans come from a trained planner")
        return 2
    loop = LoopOptions(
        options.out, options.name, options.steps, options.seed, warmup=options.warmup
    )
    train_actions(
        ActionOptions(
            static=options.static,
            episodes=options.episodes,
            loop=loop,
            mode=options.mode,
            batch=options.batch,
            static_batch=options.static_batch,
            rate=options.rate,
            planner_rate=options.planner_rate,
            device=options.device,
            init=options.init,
            spatial_weight=options.spatial_weight,
            favour=tuple(options.favour),
            keep=tuple(options.keep),
        )
    )
    return 0


def run_export(options: argparse.Namespace) -> int:
    from .data import Episodes
    from .export import export_package, golden_sample
    from .network import load_checkpoint

    checkpoint = load_checkpoint(options.checkpoint)
    sample = golden_sample(Episodes(options.episodes), checkpoint.known_statistics())
    command = f"python -m training export --checkpoint {options.checkpoint} --out {options.out}"
    deviations = export_package(checkpoint, options.out, sample, command)
    for name, deviation in deviations.items():
        print(f"{name}: differs from torch by {deviation:.1e}")
    return 0


def run_restore(options: argparse.Namespace) -> int:
    from .restore import restore_checkpoint

    for name, value in restore_checkpoint(options.package, options.out).items():
        print(f"{name}: differs from the restored network by {value:.1e}")
    return 0


def run_average(options: argparse.Namespace) -> int:
    from .average import average_checkpoints

    average_checkpoints(options.earlier, options.later, options.share, options.out)
    return 0


def run_measure(options: argparse.Namespace) -> int:
    from .measure import measure, print_measured

    print_measured(measure(options.checkpoint, options.data, options.seed, options.whole))
    return 0
