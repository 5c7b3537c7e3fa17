"""Sizes of the miniature and the numbers that training, export and runtime must agree on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

IMAGE_WIDTH = 160
IMAGE_HEIGHT = 120
VIEWS = ("front",)
IMAGE_MEAN = (0.5, 0.5, 0.5)
IMAGE_STD = (0.25, 0.25, 0.25)

POINTS = ("pick", "place", "grip_a", "grip_b")
BOXES = ("source", "target")
WAYPOINTS = 8
# Each box is regressed as offsets from the point of the same object.
BOX_ANCHORS = (0, 1)

HORIZON = 16
ACTION_DIM = 7
GRIPPER_INDEX = 6
# Rows of a chunk that are decided already when it is computed: the action of the present tick.
PREFIX_ROWS = 1
PROPRIO_DIM = 7

# ST4VLA's spatial prompt; spaces around the signs make each of them a word of its own.
PROMPT = (
    "your task is {instruction} . to identify the key objects for your task . "
    "locate their bounding boxes in [x1,y1,x2,y2] format ."
)
MAX_TOKENS = 40

TRAIN_STEPS = 100
INFERENCE_STEPS = 5


@dataclass(frozen=True)
class ModelConfig:
    """What is needed to build the network again from a checkpoint."""

    vocabulary: int
    planner_width: int = 128
    planner_heads: int = 4
    planner_layers: int = 4
    fine_channels: int = 64
    expert_width: int = 128
    expert_heads: int = 4
    expert_layers: int = 4
    condition_queries: int = 16
    eye_channels: int = 128

    def to_json(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_json(values: dict) -> ModelConfig:
        known = {field.name for field in fields(ModelConfig)}
        return ModelConfig(**{key: value for key, value in values.items() if key in known})
