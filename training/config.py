"""Sizes of the miniature and the numbers that training, export and runtime must agree on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

IMAGE_WIDTH = 160
IMAGE_HEIGHT = 120
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
class Arm:
    """What training and export must know about an arm that its data does not say."""

    title: str
    view: str  # the camera's name
    statistics_key: str
    # Brings proprioception (m, rad, opening) to about -1..1: value = (raw - centre) / scale.
    proprio_centre: tuple[float, ...]
    proprio_scale: tuple[float, ...]
    # What counts how much in the loss on actions, by channel.
    channel_weights: tuple[float, ...]
    # Chunks with a faster turn than this, rad a tick, are drawn `turn_share` times as often.
    turn_rad: float
    turn_share: float


ARMS = {
    "widowx": Arm(
        title="WidowX 250",
        view="front",
        statistics_key="widowx_sim",
        proprio_centre=(0.28, 0.0, 0.12, 0.0, 0.0, 0.0, 0.5),
        proprio_scale=(0.15, 0.25, 0.12, 1.5, 1.5, 1.5, 0.5),
        # Yaw moves in few rows, and decides whether fingers fit; the arm never rolls or pitches.
        channel_weights=(1.0, 1.0, 1.0, 0.2, 0.2, 3.0, 2.0),
        turn_rad=0.02,
        turn_share=5.0,
    ),
    "google_robot": Arm(
        title="Google Robot",
        view="head",
        statistics_key="google_robot_sim",
        proprio_centre=(0.6, 0.0, 0.9, 0.0, 0.0, 0.0, 0.5),
        proprio_scale=(0.2, 0.3, 0.25, 1.5, 1.5, 1.5, 0.5),
        # It leans its gripper wherever it goes, and turns it for handles.
        channel_weights=(1.0, 1.0, 1.0, 0.7, 0.7, 0.7, 2.0),
        turn_rad=0.1,
        turn_share=2.0,
    ),
}


@dataclass(frozen=True)
class ModelConfig:
    """What is needed to build the network again from a checkpoint."""

    vocabulary: int
    embodiment: str = "widowx"
    planner_width: int = 128
    planner_heads: int = 4
    planner_layers: int = 4
    fine_channels: int = 64
    expert_width: int = 128
    expert_heads: int = 4
    expert_layers: int = 4
    condition_queries: int = 16
    eye_channels: int = 128

    @property
    def arm(self) -> Arm:
        return ARMS[self.embodiment]

    def to_json(self) -> dict:
        return asdict(self)

    @staticmethod
    def from_json(values: dict) -> ModelConfig:
        known = {field.name for field in fields(ModelConfig)}
        return ModelConfig(**{key: value for key, value in values.items() if key in known})
