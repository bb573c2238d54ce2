"""Where a training run stands, in one file: tensors by part, the optimiser's moments, and notes. Nothing is pickled.

A run that reads it goes on as if it had never ended. Everything random in a run must depend on the step alone, or
stand in here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

OPTIMISER = "optimiser"
Tensors = Mapping[str, Tensor]


class RunStateError(ValueError):
    """What is stored cannot be gone on from; the message says what to do."""


@dataclass(frozen=True)
class RunState:
    """parts: tensors by part and name; notes: plain values."""

    parts: dict[str, dict[str, Tensor]]
    notes: dict[str, Any]

    def restore_optimiser(self, optimiser: torch.optim.Optimizer) -> None:
        """Give the optimiser its moments back; a moment goes to its parameter's device."""
        moments: dict[int, dict[str, Tensor]] = {}
        for key, value in self.parts.get(OPTIMISER, {}).items():
            number, _, name = key.partition(".")
            moments.setdefault(int(number), {})[name] = value
        optimiser.load_state_dict(optimiser.state_dict() | {"state": moments})


def save_run(
    path: Path, parts: Mapping[str, Tensors], optimiser: torch.optim.Optimizer, notes: Mapping[str, Any]
) -> None:
    """Write one file, by rename, so that it is never half there. Parts' names hold no dot."""
    tensors = {f"{part}.{name}": value for part, held in parts.items() for name, value in held.items()}
    for number, moments in optimiser.state_dict()["state"].items():
        for name, value in moments.items():
            tensors[f"{OPTIMISER}.{number}.{name}"] = torch.as_tensor(value)
    # Cloned, since tensors that share memory are refused.
    stored = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    part = path.with_suffix(".part")
    save_file(stored, part, metadata={"state": json.dumps(dict(notes))})
    part.replace(path)


def load_run(path: Path) -> RunState | None:
    """What `save_run` wrote; None where there is none. Raises RunStateError where it cannot be read."""
    if not path.is_file():
        return None
    parts: dict[str, dict[str, Tensor]] = {}
    try:
        with safe_open(path, framework="pt") as file:
            notes = json.loads(file.metadata()["state"])
            for key in file.keys():  # noqa: SIM118 - not a dict
                part, _, name = key.partition(".")
                parts.setdefault(part, {})[name] = file.get_tensor(key)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise RunStateError(f"{path} cannot be read: delete it to begin anew ({error})") from error
    return RunState(parts, notes)


def refuse_other_settings(state: RunState, settings: Mapping[str, Any], path: Path) -> None:
    """Raise RunStateError where the stored run was made with other settings: its end would be neither run's."""
    stored = state.notes.get("settings")
    if stored != dict(settings):
        raise RunStateError(
            f"{path.parent} holds a run with other settings ({stored}); name another --out, or delete {path.name}"
        )
