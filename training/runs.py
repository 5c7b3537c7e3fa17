"""Runs the commands of the miniature; each imports what it needs when it runs."""

from __future__ import annotations

import argparse


def run_grounding(options: argparse.Namespace) -> int:
    """Trains the planner (stage i)."""
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
    """Trains the expert, jointly or alone (stage ii)."""
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
            oversample=tuple(options.oversample),
            freeze=tuple(options.freeze),
        )
    )
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Exports a checkpoint and prints how far each graph is from torch."""
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
    """Restores a checkpoint and prints how far each graph is from it."""
    from .restore import restore_checkpoint

    for name, value in restore_checkpoint(options.package, options.out).items():
        print(f"{name}: differs from the restored network by {value:.1e}")
    return 0


def run_average(options: argparse.Namespace) -> int:
    """Writes a checkpoint between two others."""
    from .average import average_checkpoints

    average_checkpoints(options.earlier, options.later, options.share, options.out)
    return 0


def run_measure(options: argparse.Namespace) -> int:
    """Prints the errors of a planner's answers."""
    from .measure import measure, print_measured

    print_measured(measure(options.checkpoint, options.data, options.seed, options.whole))
    return 0
