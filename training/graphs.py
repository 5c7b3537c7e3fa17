"""The five ONNX graphs of a model package, as thin modules over the trained parts."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from .config import ACTION_DIM, HORIZON, IMAGE_HEIGHT, IMAGE_WIDTH, MAX_TOKENS, PROPRIO_DIM

OPSET = 20


class LanguageGraph(nn.Module):
    """planner_llm: the spatial answer, and the tokens that the expert reads."""

    def __init__(self, modules: nn.ModuleDict):
        super().__init__()
        self.language, self.projector = modules["language"], modules["projector"]

    def forward(self, input_ids: Tensor, image_features: Tensor):
        plan = self.language(input_ids, image_features)
        vlm_proj = self.projector(plan.queries, plan.points, plan.boxes, plan.trajectory)
        return vlm_proj, plan.boxes, plan.points, plan.point_logits.sigmoid(), plan.trajectory


class Graph(NamedTuple):
    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]


@torch.no_grad()
def make_graphs(modules: nn.ModuleDict) -> dict[str, Graph]:
    """Every graph with example inputs; each takes what the one before gives."""
    generator = torch.Generator().manual_seed(0)
    image = torch.randn(1, 3, IMAGE_HEIGHT, IMAGE_WIDTH, generator=generator)
    words = torch.randint(0, 10, (1, MAX_TOKENS), generator=generator)
    proprio = torch.tensor([[0.28, 0.01, 0.12, 0.1, -0.1, 0.2, 1.0]])
    chunk = torch.randn(1, HORIZON, ACTION_DIM, generator=generator)
    assert proprio.shape[1] == PROPRIO_DIM
    language = LanguageGraph(modules)
    features = modules["vision"](image)
    tokens = language(words, features)[0]
    eye = modules["eye"](image)
    cond = modules["condition"](tokens, eye, proprio)
    answer = ("vlm_proj", "boxes", "points", "point_scores", "trajectory")
    return {
        "planner_vision": Graph(modules["vision"], {"image": image}, ("image_features",)),
        "planner_llm": Graph(language, {"input_ids": words, "image_features": features}, answer),
        "action_eye": Graph(modules["eye"], {"image": image}, ("eye_tokens",)),
        "action_condition": Graph(
            modules["condition"],
            {"vlm_proj": tokens, "eye_tokens": eye, "proprio": proprio},
            ("cond",),
        ),
        "action_dit_step": Graph(
            modules["denoiser"],
            {"x": chunk, "t": torch.tensor([TIMESTEP_EXAMPLE]), "cond": cond},
            ("eps",),
        ),
    }


TIMESTEP_EXAMPLE = 59


@torch.no_grad()
def export_graph(graph: Graph, file: Path) -> float:
    """Writes the ONNX file and returns its largest deviation from torch on the example."""
    torch.onnx.export(
        graph.module.eval(),
        tuple(graph.inputs.values()),
        str(file),
        input_names=list(graph.inputs),
        output_names=list(graph.outputs),
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    strip_origins(file)
    return deviation(graph, file)


@torch.no_grad()
def deviation(graph: Graph, file: Path) -> float:
    """Largest difference between the ONNX file's and torch's answers to the example.

    Of answers beyond 1, relative to the largest: float32 is not finer there.
    """
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    found = session.run(
        list(graph.outputs), {name: value.numpy() for name, value in graph.inputs.items()}
    )
    expected = graph.module(*graph.inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    return max(
        float((torch.from_numpy(a) - b).abs().max() / b.abs().max().clamp(min=1))
        for a, b in zip(found, expected)
    )


def strip_origins(file: Path) -> None:
    """Removes from an ONNX file the stack traces of its nodes, which hold this machine's paths."""
    model = onnx.load(file)
    graphs = [model.graph, *model.functions]
    parts = [model, *graphs, *(node for graph in graphs for node in graph.node)]
    parts += [*model.graph.value_info, *model.graph.input, *model.graph.output]
    parts += model.graph.initializer
    for part in parts:
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    onnx.save(model, file)


def tensor_specs(file: Path) -> tuple[dict, dict]:
    """Inputs and outputs of an ONNX file as the manifest declares them."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = {"tensor(float)": "float32", "tensor(int64)": "int64"}

    def specs(values) -> dict:
        return {
            value.name: {"dtype": names[value.type], "shape": list(value.shape)} for value in values
        }

    return specs(session.get_inputs()), specs(session.get_outputs())
