"""The data of stage (ii): observations, and the chunks that the scripted expert would execute."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from .config import ACTION_DIM, ARMS, GRIPPER_INDEX, PREFIX_ROWS, Arm
from .data import Episodes
from .images import normalise
from .loop import StepRandom
from .statistics import normalise_actions
from .step import Inputs, to_device

MAX_PLAN_AGE = 5
# How many times as often a sentence with an oversampled word is drawn.
OVERSAMPLING = 3.0
# Share of rows in which the arm is held for a tick, as before the first chunk has arrived.
HOLD_SHARE = 0.1


class ActionData:
    """Observations with the chunk that the scripted expert would do from there."""

    def __init__(
        self, episodes: Episodes, statistics: dict, device: str, oversample: tuple[str, ...] = ()
    ):
        self.episodes, self.device = episodes, device
        self.arm = ARMS[episodes.embodiment]
        self.proprio = torch.from_numpy(episodes.small["proprio"].astype(np.float32))
        self.actions = torch.from_numpy(normalise_actions(episodes.small["actions"], statistics))
        executed = normalise_actions(episodes.small["executed"], statistics)
        self.executed = torch.from_numpy(executed).clamp(-1, 1)
        self.stand_still = torch.from_numpy(
            normalise_actions(np.zeros(ACTION_DIM, np.float32), statistics)
        )
        weights = row_weights(episodes.small["actions"][episodes.train_rows], self.arm)
        weights = weights * sentence_weights(episodes, oversample)
        self.shares = weights / weights.sum()

    def stored(self, rows: np.ndarray, random: StepRandom | None = None) -> Inputs:
        """Reads `images` (uint8), `proprio` and normalised `actions` of rows, on the host.

        With `random`, the arm is held for a tick in a share HOLD_SHARE of the rows.
        """
        hold = np.zeros(len(rows), bool)
        if random is not None:
            hold = random.numpy.random(len(rows)) < HOLD_SHARE
        return {
            "images": self.episodes.images(rows),
            "proprio": self.proprio[rows],
            "actions": self.chunks(rows, hold),
        }

    def batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
        """Reads eye images, proprioception and normalised chunks of rows, on the device."""
        stored = to_device(self.stored(rows), self.device)
        return normalise(stored["images"]), stored["proprio"], stored["actions"]

    def chunks(self, rows: np.ndarray, hold: np.ndarray) -> Tensor:
        """Makes chunks [B,16,7] whose first row is what was executed in the tick of the frame.

        Inference takes a part of that tick, so the chunk can change nothing before the next one.
        What follows is the scripted expert's chunk of one tick later: its answer to where the arm
        has got by then. Where the arm is held, that is still its answer to the frame.
        """
        assert PREFIX_ROWS == 1
        is_last = self.episodes.is_last_row[rows]
        follows = self.actions[np.where(hold | is_last, rows, rows + 1)]
        prefix = self.executed[rows]
        still = self.stand_still.repeat(len(rows), 1)
        still[:, GRIPPER_INDEX] = (self.proprio[rows, 6] >= 0.5).float()
        prefix = torch.where(torch.from_numpy(hold)[:, None], still, prefix)
        return torch.cat((prefix[:, None], follows[:, :-1]), 1)

    def draw(self, count: int, random: StepRandom) -> tuple[np.ndarray, np.ndarray]:
        """Draws rows to act from, and the rows of the frames that their plans were made from."""
        rows = np.sort(random.numpy.choice(self.episodes.train_rows, count, p=self.shares))
        ages = random.numpy.integers(0, MAX_PLAN_AGE + 1, size=count)
        return rows, self.episodes.earlier(rows, ages)


def row_weights(actions: np.ndarray, arm: Arm) -> np.ndarray:
    """Weighs rows [N] by their chunks [N,16,7]: turns, grasps and releases are drawn more often.

    Turns are few (a tenth of the WidowX's rows), grasp and release take a few ticks; both decide
    about success.
    """
    turns = (np.linalg.norm(actions[:, :8, 3:6], axis=-1) > arm.turn_rad).any(1)
    grip = actions[:, :6, GRIPPER_INDEX] >= 0.5
    switches = (grip[:, 1:] != grip[:, :-1]).any(1)
    return np.maximum(np.where(turns, arm.turn_share, 1.0), np.where(switches, 4.0, 1.0))


def sentence_weights(episodes: Episodes, oversample: tuple[str, ...]) -> np.ndarray:
    """Weighs training rows [N]: OVERSAMPLING if the sentence has one of these words, else 1."""
    has_word = np.array(
        [bool(set(text.split()) & set(oversample)) for text in episodes.instructions]
    )
    return np.where(has_word[episodes.instruction_ids[episodes.train_rows]], OVERSAMPLING, 1.0)


def gripper_places(episodes: Episodes) -> tuple[Tensor, Tensor]:
    """Finds the end effector in base (m, [N,3]) and picture (0..1, [N,2]), of rows that show it."""
    places = episodes.small["trajectory"][episodes.train_rows, 0].astype(np.float32)
    positions = episodes.small["proprio"][episodes.train_rows, :3].astype(np.float32)
    inside = ((places > 0) & (places < 1)).all(1)
    return torch.from_numpy(positions[inside]), torch.from_numpy(places[inside])
