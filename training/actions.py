"""Stage (ii): spatially guided action training.

`joint` trains planner and expert together: the loss on actions, plus a lighter one on the spatial
answer, with half of the expert's gradient reaching the planner. `expert` computes the planner's
answers once and trains the expert alone on them, several times faster.

In both, the eye sees the present frame while the plan is up to five ticks old, as at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .action_data import ActionData, gripper_places
from .action_metrics import action_metrics, condition, live_plans
from .config import PREFIX_ROWS, TRAIN_STEPS, Arm
from .data import Episodes, StaticScenes
from .diffusion import add_noise, alphas_cumprod, with_prefix
from .expert import fit_camera
from .grounding import (
    SpatialData,
    autocast,
    collate,
    drop_words,
    planner_metrics,
    run_planner,
    spatial_labels,
    start,
)
from .images import apply_color_jitter, draw_color_jitter, normalise
from .loop import LoopOptions, StepRandom, Trainer
from .losses import action_loss, spatial_loss
from .network import EXPERT, PLANNER
from .plan_cache import PlanCache
from .planner import Plan
from .statistics import action_statistics
from .step import Inputs, Losses

SPATIAL_WEIGHT = 0.2
PLANNER_GRADIENT = 0.5
# Noisy chunks per observation; the denoiser is cheap next to what it is conditioned on.
REPEATS = 2
PURE_NOISE_SHARE = 0.4
# The parts of a plan in the order in which the projector takes them.
PLAN_INPUTS = ("queries", "plan_points", "plan_boxes", "plan_trajectory")


@dataclass(frozen=True)
class ActionOptions:
    static: list[Path]
    episodes: list[Path]
    loop: LoopOptions
    mode: str  # joint or expert
    batch: int
    static_batch: int
    rate: float
    planner_rate: float
    device: str
    init: Path | None  # None: begin with random weights
    spatial_weight: float = SPATIAL_WEIGHT  # 0: actions alone teach the planner (joint)
    oversample: tuple[str, ...] = ()  # words whose sentences are drawn OVERSAMPLING times as often
    freeze: tuple[str, ...] = ()  # parts of the expert that are not trained


def train_actions(options: ActionOptions) -> Trainer:
    """Trains the expert, jointly with the planner or alone, or continues a run of the same name.

    Raises DataError if a folder is unusable or the folders are of several arms.
    """
    seed = options.loop.seed
    torch.manual_seed(seed)
    episodes = Episodes(options.episodes, seed)
    scenes = StaticScenes(options.static, seed) if is_guided(options) else None
    beginning = start([episodes, *([scenes] if scenes else [])], options.init)
    config, modules, tokenizer = beginning.config, beginning.modules, beginning.tokenizer
    modules.to(options.device)
    statistics = beginning.statistics or action_statistics(
        episodes.small["actions"][episodes.train_rows]
    )
    data = ActionData(episodes, statistics, options.device, options.oversample)
    frames = SpatialData(episodes, tokenizer, options.device)
    condition: Any = modules["condition"]
    aim = condition.aim
    if not aim.camera.any():
        aim.camera.copy_(fit_camera(*gripper_places(episodes)))
    joint = options.mode == "joint"
    rates = {name: 0.0 if name in options.freeze else options.rate for name in EXPERT}
    rates |= dict.fromkeys(PLANNER, options.planner_rate if joint else 0.0)
    extra = {
        "config": config.to_json(),
        "tokenizer": tokenizer.to_str(),
        "statistics": statistics,
        "home_orientation": episodes.meta["proprio"]["home_orientation_xyzw"],
        "stage": f"actions-{options.mode}",
    }
    trainer = Trainer(modules, rates, options.loop, extra)
    if trainer.resume():
        print(f"resuming at step {trainer.step}", flush=True)
    if joint:
        guide = None if scenes is None else SpatialData(scenes, tokenizer, options.device)
        inputs_of, losses_of = joint_steps(modules, data, frames, guide, options)
        trainer.run(
            inputs_of,
            losses_of,
            lambda averaged: (
                action_metrics(averaged, data, live_plans(averaged, frames, options.device))
                | planner_metrics(averaged, frames, options.device)
            ),
        )
    else:
        cache = PlanCache.build(modules, frames, options.loop.out / f"{options.loop.name}.plans.pt")
        inputs_of, losses_of = cached_steps(modules, data, cache, options)
        trainer.run(
            inputs_of, losses_of, lambda averaged: action_metrics(averaged, data, cache.take)
        )
    return trainer


def is_guided(options: ActionOptions) -> bool:
    """Says whether spatial answers are trained beside the actions."""
    return options.mode == "joint" and options.spatial_weight > 0


def joint_steps(
    modules, data: ActionData, frames: SpatialData, scenes: SpatialData | None, options
):
    """Makes inputs and losses of joint steps: frames of episodes, and scenes for the planner.

    Without scenes the actions alone teach the planner: as many more frames take their place, and
    it gets all of the expert's gradient.
    """
    schedule = alphas_cumprod().to(options.device)
    count = options.batch if scenes else options.batch + options.static_batch
    gradient = PLANNER_GRADIENT if scenes else 1.0

    def inputs_of(step: int, random: StepRandom) -> Inputs:
        rows, planned = data.draw(count, random)
        parts = [frames.stored(planned)]
        if scenes:
            still = np.sort(random.numpy.choice(scenes.data.train_rows, options.static_batch))
            parts.append(scenes.stored(still))
        inputs = collate(parts)
        inputs["words"] = drop_words(inputs["words"], random)
        inputs["picture_jitter"] = draw_color_jitter(len(inputs["words"]), random.torch)
        return inputs | expert_inputs(data, rows, random)

    def losses_of(inputs: Inputs) -> Losses:
        pictures = apply_color_jitter(normalise(inputs["pictures"]), inputs["picture_jitter"])
        with autocast(options.device):
            plan = run_planner(modules, inputs["words"], pictures)
            cond = jittered_condition(modules, plan_of_first(plan, count, gradient), inputs)
            losses = {"action": denoising_loss(modules, cond, inputs, schedule, data.arm)}
        if scenes:
            losses["spatial"] = options.spatial_weight * spatial_loss(plan, spatial_labels(inputs))
        return losses

    return inputs_of, losses_of


def cached_steps(modules, data: ActionData, cache: PlanCache, options):
    """Makes inputs and losses of steps that train the expert alone."""
    schedule = alphas_cumprod().to(options.device)

    def inputs_of(step: int, random: StepRandom) -> Inputs:
        rows, planned = data.draw(options.batch, random)
        plan = dict(zip(PLAN_INPUTS, cache.take(planned)))
        return plan | expert_inputs(data, rows, random)

    def losses_of(inputs: Inputs) -> Losses:
        with autocast(options.device):
            cond = jittered_condition(modules, [inputs[name] for name in PLAN_INPUTS], inputs)
            return {"action": denoising_loss(modules, cond, inputs, schedule, data.arm)}

    return inputs_of, losses_of


def expert_inputs(data: ActionData, rows: np.ndarray, random: StepRandom) -> Inputs:
    """Reads what the expert sees and should do, and draws color jitter, time steps and noise."""
    inputs = data.stored(rows, random)
    inputs["jitter"] = draw_color_jitter(len(rows), random.torch)
    count = REPEATS * len(rows)
    t = torch.randint(TRAIN_STEPS, (count,), generator=random.torch)
    pure = torch.rand(count, generator=random.torch) < PURE_NOISE_SHARE
    inputs["timesteps"] = torch.where(pure, TRAIN_STEPS - 1, t)
    shape = (count, *inputs["actions"].shape[1:])
    inputs["noise"] = torch.randn(shape, generator=random.torch)
    return inputs


def plan_of_first(plan: Plan, count: int, gradient: float) -> list[Tensor]:
    """Takes the projector's inputs of the first rows; a share of their gradient goes back."""
    parts = (plan.queries, plan.points, plan.boxes, plan.trajectory)
    return [gradient * p[:count] + (1 - gradient) * p[:count].detach() for p in parts]


def jittered_condition(modules: nn.ModuleDict, plan, inputs: Inputs) -> Tensor:
    """Computes the denoiser's condition from a plan and the present frame in jittered colours."""
    images = apply_color_jitter(normalise(inputs["images"]), inputs["jitter"])
    return condition(modules, plan, images, inputs["proprio"])


def denoising_loss(
    modules: nn.ModuleDict, cond: Tensor, inputs: Inputs, schedule: Tensor, arm: Arm
) -> Tensor:
    """Compares the denoiser's clean chunk with the expert's; pure noise, the start, is frequent."""
    cond, clean = cond.repeat(REPEATS, 1, 1), inputs["actions"].repeat(REPEATS, 1, 1)
    t = inputs["timesteps"]
    noisy = with_prefix(add_noise(clean, inputs["noise"], t, schedule), clean[:, :PREFIX_ROWS])
    predicted = modules["denoiser"](noisy, t, cond)
    return action_loss(predicted, clean, arm.channel_weights)
