"""Runs the exported graphs in onnxruntime: each on torch's inputs, and all of them one on another.

Sessions are opened one at a time and closed again, so that no two models are in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from .checkpoint import Checkpoint
from .ddim import denoise
from .expected import Expected
from .graphs import Graph
from .parity import Row, compare
from .prompt import mrope_positions
from .reference import (
    EYE_MEAN,
    EYE_STD,
    GOLDEN_WORDS,
    normalise,
    position_ids,
    prompt_ids,
)

LARGE = 4_000_000_000  # bytes of weights


def open_session(file: Path, data: str = "", threads: int = 0) -> onnxruntime.InferenceSession:
    """As the runtime opens it, adapters/onnx/OrtGraphs.ts."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    # Where a processor would overflow in sums of 8-bit products, another way is taken.
    options.add_session_config_entry("session.x64quantprecision", "1")
    weights = file.with_name(data or file.name)
    if weights.is_file() and weights.stat().st_size > LARGE:
        # Weights stay in the mapped file; repacked for speed they would be in memory once more.
        options.add_session_config_entry("session.disable_prepacking", "1")
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


@dataclass
class Chain:
    """What came out of the graphs so far, on the golden scene."""

    features: np.ndarray | None = None
    vlm_proj: np.ndarray | None = None
    eye: np.ndarray | None = None
    cond: np.ndarray | None = None
    chunk: np.ndarray | None = None
    prefills: dict[str, list[np.ndarray]] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)


class OrtCheck:
    def __init__(self, checkpoint: Checkpoint, expected: Expected, questions: dict[str, str]):
        self.checkpoint, self.runs = checkpoint, expected.runs
        self.expert, self.noise = expected.expert, expected.noise
        self.sampling = expected.sampling
        self.questions = questions
        self.chain = Chain()

    def check(self, graph: Graph, file: Path, precision: str) -> Row:
        session = open_session(file, graph.data)

        def run(**feed: Tensor | np.ndarray) -> list[np.ndarray]:
            return session.run(list(graph.outputs), {k: np.asarray(v) for k, v in feed.items()})

        found, expected = [], []
        for feed, wanted in self.examples(graph.name):
            found += run(**feed)
            expected += [np.asarray(value) for value in wanted]
        getattr(self, f"chain_{graph.name}")(run)
        return compare(graph.name, precision, found, expected)

    def examples(self, name: str) -> list[tuple[dict, list[Tensor]]]:
        """Inputs and outputs of torch."""
        c, examples = self.checkpoint, []
        run: Any  # complete: a graph is checked only where what it computes is known
        for run in self.runs:
            images = run.scene.images
            if name == "planner_vision":
                feed = {"image": normalise(images, c.image_mean, c.image_std)}
                examples.append((feed, [run.features]))
            elif name == "planner_llm":
                examples.append((self.prompt_feed(run.ids, run.features), [run.vlm_proj]))
            elif name == "planner_llm_kv":
                wanted = [run.question.logits, run.question.keys, run.question.values]
                examples.append((self.prompt_feed(run.question_ids, run.features), wanted))
            elif name == "planner_llm_decode":
                at = mrope_positions(run.question_ids, c.chat)[1]
                feed = self.step_feed(run.word, at, run.question.keys, run.question.values)
                examples.append((feed, [run.step.logits, run.step.keys, run.step.values]))
            elif name == "action_eye":
                examples.append(({"image": normalise(images, EYE_MEAN, EYE_STD)}, [run.eye]))
            elif name == "action_condition":
                feed = {"vlm_proj": run.vlm_proj, "eye_tokens": run.eye}
                examples.append((feed, [run.cond]))
            else:
                examples += self.step_examples(run.cond)
        return examples

    @torch.no_grad()
    def step_examples(self, cond: Tensor) -> list[tuple[dict, list[Tensor]]]:
        """Early, late, and without guidance."""
        examples, guidance = [], self.sampling.guidance
        for t, scale in ((90, guidance), (10, guidance), (0, 1.0)):
            feed = {
                "x": self.noise,
                "t": torch.tensor([t]),
                "cond": cond,
                "cfg_scale": torch.tensor([scale]),
            }
            examples.append((feed, [self.expert.denoiser(*feed.values())]))
        return examples

    def prompt_feed(self, ids: list[int], features) -> dict:
        return {
            "input_ids": torch.tensor([ids]),
            "image_features": features,
            "position_ids": position_ids(self.checkpoint, ids),
        }

    def step_feed(self, word: int, at: int, keys, values) -> dict:
        return {
            "input_ids": torch.tensor([[word]]),
            "position_ids": torch.full((3, 1, 1), at),
            "past_keys": keys,
            "past_values": values,
        }

    def chain_planner_vision(self, run) -> None:
        c = self.checkpoint
        image = normalise(self.runs[0].scene.images, c.image_mean, c.image_std)
        self.chain.features = run(image=image)[0]

    def chain_planner_llm(self, run) -> None:
        feed = self.prompt_feed(self.runs[0].ids, self.chain.features)
        self.chain.vlm_proj = run(**feed)[0]

    def chain_planner_llm_kv(self, run) -> None:
        for kind, question in self.questions.items():
            ids = prompt_ids(self.checkpoint, self.runs[0].scene, question)
            self.chain.prefills[kind] = run(**self.prompt_feed(ids, self.chain.features))
            self.chain.positions[kind] = mrope_positions(ids, self.checkpoint.chat)[1]

    def chain_planner_llm_decode(self, run) -> None:
        for kind, (logits, keys, values) in self.chain.prefills.items():
            words: list[int] = []
            at = self.chain.positions[kind]
            while len(words) < GOLDEN_WORDS:
                word = int(logits[0].argmax())
                if word in self.checkpoint.eos_ids:
                    break
                words.append(word)
                logits, keys, values = run(**self.step_feed(word, at, keys, values))
                at += 1
            self.chain.answers[kind] = words
        self.chain.prefills.clear()

    def chain_action_eye(self, run) -> None:
        self.chain.eye = run(image=normalise(self.runs[0].scene.images, EYE_MEAN, EYE_STD))[0]

    def chain_action_condition(self, run) -> None:
        self.chain.cond = run(vlm_proj=self.chain.vlm_proj, eye_tokens=self.chain.eye)[0]

    def chain_action_dit_step(self, run) -> None:
        scale = np.array([self.sampling.guidance], dtype=np.float32)

        def predict(x: Tensor, t: Tensor) -> Tensor:
            return torch.from_numpy(run(x=x, t=t, cond=self.chain.cond, cfg_scale=scale)[0])

        self.chain.chunk = denoise(predict, self.noise, self.sampling.steps).numpy()
