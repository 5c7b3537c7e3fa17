"""Model server of the harness vla-eval for a policy that `st4vla serve` offers.

    (in an environment with the packages vla-eval, openpi-client and typing-extensions)
    npm run -s st4vla -- serve --port 8000
    python examples/vla_eval_server.py --url 127.0.0.1:8000

The harness then runs its benchmarks against this server. Actions are changes of position (m),
rotation vectors (rad) and a gripper value of 1 (close) or -1 (open). Tried with vla-eval 0.8.0 and openpi-client 0.1.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from openpi_client.websocket_client_policy import WebsocketClientPolicy
from vla_eval.model_servers.base import SessionContext
from vla_eval.model_servers.predict import PredictModelServer
from vla_eval.model_servers.serve import run_server
from vla_eval.specs import (
    GRIPPER_CLOSE_POS,
    IMAGE_RGB,
    LANGUAGE,
    POSITION_DELTA,
    ROTATION_AA,
    STATE_EEF_POS_QUAT_GRIP,
    DimSpec,
)


class St4vlaServer(PredictModelServer):
    """Passes each observation to a policy server; one connection, so one episode, a session."""

    def __init__(self, url: str = "127.0.0.1:8000", *, chunk_size: int = 1, **options: Any) -> None:
        """Connects to `url` (host:port); executes `chunk_size` actions of each chunk."""
        super().__init__(chunk_size=chunk_size, **options)
        self._host, _, self._port = url.rpartition(":")
        self._sessions: dict[str, WebsocketClientPolicy] = {}
        self._metadata = self._connect().get_server_metadata()

    def _connect(self) -> WebsocketClientPolicy:
        return WebsocketClientPolicy(self._host, int(self._port))

    async def on_episode_end(self, result: dict[str, Any], ctx: SessionContext) -> None:
        """Forgets the session: another episode begins with noise of its own."""
        self._sessions.pop(ctx.session_id, None)

    def get_observation_params(self) -> dict[str, Any]:
        """Asks for the state where the model reads it."""
        return {"send_state": self._metadata["model_state_dim"] > 0}

    def get_action_spec(self) -> dict[str, DimSpec]:
        """Returns what the columns of an action are."""
        return {"position": POSITION_DELTA, "rotation": ROTATION_AA, "gripper": GRIPPER_CLOSE_POS}

    def get_observation_spec(self) -> dict[str, DimSpec]:
        """Returns what an observation has to have."""
        return {"image": IMAGE_RGB, "state": STATE_EEF_POS_QUAT_GRIP, "language": LANGUAGE}

    def predict(self, obs: dict[str, Any], ctx: SessionContext) -> dict[str, Any]:
        """Returns a chunk of actions [chunk_size, 7] for one observation."""
        views = self._metadata["views"]
        images = list(obs["images"].values())[: len(views)]
        request: dict[str, Any] = {
            f"observation/{view}": np.asarray(image, np.uint8)
            for view, image in zip(views, images, strict=True)
        }
        request["prompt"] = obs["task_description"]
        request["tick"] = ctx.step
        if "states" in obs:
            position, (w, x, y, z), opening = np.split(np.asarray(obs["states"], float), [3, 7])
            request["observation/state"] = np.concatenate([position, [x, y, z, w], opening])
        if ctx.session_id not in self._sessions:
            self._sessions[ctx.session_id] = self._connect()
        session = self._sessions[ctx.session_id]
        actions = np.array(session.infer(request)["actions"])
        actions[:, 6] = 1.0 - 2.0 * actions[:, 6]
        return {"actions": actions[: self.chunk_size]}


if __name__ == "__main__":
    run_server(St4vlaServer)
