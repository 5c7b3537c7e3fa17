"""The whole model in torch, from pixels and a sentence to a chunk: what a package must equal."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from .checkpoint import Checkpoint
from .condition import (
    Condition,
    ReferenceCondition,
    condition_sources,
    proj_sources,
    reference_sources,
)
from .ddim import denoise
from .dino import DinoEye, dino_sources
from .dit import Denoiser, dit_sources
from .layers import Dense, fill
from .planner_reference import PlannerReference, Prefill
from .prompt import encode_prompt, mrope_positions

EYE_MEAN = (0.485, 0.456, 0.406)
EYE_STD = (0.229, 0.224, 0.225)
GUIDANCE = 1.5
STEPS = 10
GOLDEN_WORDS = 32


@dataclass(frozen=True)
class Scene:
    """What the model is shown."""

    images: np.ndarray  # uint8 [V,224,224,3]
    instruction: str


@dataclass
class Run:
    """Everything that torch computes on a scene."""

    scene: Scene
    ids: list[int]
    features: Tensor
    hidden: Tensor
    question_ids: list[int] = field(default_factory=list)
    question: Prefill | None = None
    word: int = 0
    step: Prefill | None = None
    answers: dict[str, list[int]] = field(default_factory=dict)
    gaps: dict[str, float] = field(default_factory=dict)
    vlm_proj: Tensor | None = None
    eye: Tensor | None = None
    cond: Tensor | None = None


def normalise(images: np.ndarray, mean, std) -> Tensor:
    """uint8 [V,H,W,3] -> [V,3,H,W]."""
    x = torch.from_numpy(images).float() / 255
    return ((x - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2).contiguous()


def run_planner(
    checkpoint: Checkpoint, scenes: list[Scene], answers: bool, questions: dict[str, str]
) -> list[Run]:
    """All that needs the large model, which is gone from memory afterwards."""
    reference = PlannerReference(checkpoint)
    runs = []
    for i, scene in enumerate(scenes):
        ids = prompt_ids(checkpoint, scene, checkpoint.prompt)
        features = reference.image_features(scene.images)
        run = Run(scene, ids, features, reference.hidden(ids, scene.images))
        if answers:
            run.question_ids = prompt_ids(checkpoint, scene, questions["boxes"])
            run.question, cache = reference.prefill(run.question_ids, scene.images)
            run.word = int(run.question.logits.argmax())
            run.step = reference.step(run.word, cache)
            for kind, question in questions.items() if i == 0 else ():
                asked = prompt_ids(checkpoint, scene, question)
                answer = reference.answer(asked, scene.images, GOLDEN_WORDS)
                run.answers[kind], run.gaps[kind] = answer.ids, answer.smallest_gap
        runs.append(run)
    reference.close()
    return runs


def prompt_ids(checkpoint: Checkpoint, scene: Scene, template: str) -> list[int]:
    views = len(scene.images)
    return encode_prompt(checkpoint.tokenizer, checkpoint.chat, template, scene.instruction, views)


def position_ids(checkpoint: Checkpoint, ids: list[int]) -> Tensor:
    """[3,1,L]."""
    return torch.tensor(mrope_positions(ids, checkpoint.chat)[0]).unsqueeze(1)


@dataclass(frozen=True)
class Sampling:
    """How a chunk is denoised; the reference's client chooses both at run time."""

    steps: int = STEPS
    guidance: float = GUIDANCE


DEFAULT_SAMPLING = Sampling()


class ExpertReference:
    """The expert's half in torch; the condition in the reference's own order, not split."""

    def __init__(self, checkpoint: Checkpoint):
        a, store = checkpoint.architecture, checkpoint.store
        language, s = a.language, a.expert
        self.horizon = s.horizon
        self.proj = fill(
            Dense(language.width, s.width), unprefixed(proj_sources(language, s)), store
        )
        self.eye = fill(DinoEye(s), dino_sources(s), store)
        self.whole = fill(ReferenceCondition(language, s), reference_sources(language, s), store)
        self.split = fill(Condition(s), condition_sources(language, s), store)
        self.denoiser = fill(Denoiser(s), dit_sources(s), store)

    @torch.no_grad()
    def complete(self, run: Run) -> None:
        run.vlm_proj = self.proj(run.hidden)
        run.eye = self.eye(normalise(run.scene.images, EYE_MEAN, EYE_STD))
        run.cond = self.whole(run.hidden, run.eye)

    @torch.no_grad()
    def chunk(self, cond: Tensor, noise: Tensor, sampling: Sampling = DEFAULT_SAMPLING) -> Tensor:
        scale = torch.tensor([sampling.guidance])
        return denoise(lambda x, t: self.denoiser(x, t, cond, scale), noise, sampling.steps)


def unprefixed(sources):
    return {name.removeprefix("proj."): source for name, source in sources.items()}
