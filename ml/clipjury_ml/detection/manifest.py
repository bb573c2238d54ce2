"""model.json: what a detector is, where its weights came from and how its numbers may be read."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MANIFEST_NAME = "model.json"
PICKLE_SUFFIXES = frozenset({".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npy"})
AGGREGATIONS = ("topk_mean", "mean", "p90")
EXPORTED = "exported"
EXPORTED_FILES = ("model.pt2", "model.ts.pt", "model.onnx")
KINDS = ("video", "image")
WHOLE_PICTURE = "lite0-whole-picture"
TRAINABLE_ARCHITECTURES = frozenset({"lite0-face-swap", WHOLE_PICTURE})


class DetectorError(Exception):
    """A detector cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What the network is given: square crops of size_px, margin × the face, from `frames` sampled frames.

    kind is face_crop, full_frame, clip or tiles (parts of a frame at its own size). An exported network gets
    (value − mean) / std with channels in the order `colour`, where value is 0…255 or, by `range`, 0…1; mean and std
    are one number or three.
    """

    kind: str
    size_px: int
    margin: float
    frames: int
    align: str = "none"
    colour: str = "rgb"
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    range: str = "0-255"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores were turned into probabilities; method `none` means that they only rank."""

    method: str
    fitted_on: str | None


@dataclass(frozen=True, slots=True)
class ModelManifest:
    """A checked model.json. folder is where it stands; weights a file name in that folder."""

    folder: Path
    id: str
    version: str
    architecture: str
    weights: str
    sha256: str
    licence: str
    data_licences: tuple[str, ...]
    modality: str
    input: ModelInput
    output: dict[str, Any]
    aggregation: str
    top_k: int
    thresholds: dict[str, float]
    min_face_px: int
    calibration: Calibration
    counted_for: tuple[str, ...]  # kinds of clip whose scores may move a posterior; others are shown only
    judges: tuple[str, ...]  # kinds of clip that get a score at all; both where not said, none: untrained
    trainable: bool  # whether it can be fine-tuned on a snapshot here; by its architecture where not said
    training: dict[str, Any] | None  # how these weights came about; None where nothing was said
    family: str  # detectors of one family err together; a detector's own id where not said

    @property
    def weights_path(self) -> Path:
        """The weights file."""
        return self.folder / self.weights

    def as_dict(self) -> dict[str, Any]:
        """Plain values without the folder, which is nobody's business outside this machine."""
        fields = asdict(self)
        del fields["folder"]
        lists = ("data_licences", "counted_for", "judges")
        return fields | {name: list(fields[name]) for name in lists}


def read_manifest(folder: Path) -> ModelManifest:
    """Read and check folder/model.json; raises DetectorError naming the file and the field at fault."""
    path = folder / MANIFEST_NAME
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DetectorError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise DetectorError(f"{path} is not JSON: {error}") from error
    try:
        manifest = _parse(folder, raw)
    except (KeyError, TypeError, ValueError) as error:
        raise DetectorError(f"{path}: {_explain(error)}") from error
    _check(path, manifest)
    return manifest


def _explain(error: Exception) -> str:
    return f"the field {error} is missing" if isinstance(error, KeyError) else str(error)


def _parse(folder: Path, raw: Any) -> ModelManifest:
    if not isinstance(raw, dict):
        raise TypeError("the manifest must be an object")
    calibration = raw["calibration"]
    weights = raw["weights"] if "weights" in raw else _find_exported(folder)
    architecture = raw["architecture"] if weights not in EXPORTED_FILES else EXPORTED
    return ModelManifest(
        folder=folder,
        id=str(raw["id"]),
        version=str(raw["version"]),
        architecture=str(architecture),
        weights=str(weights),
        sha256=str(raw["sha256"]),
        licence=str(raw["licence"]),
        data_licences=tuple(str(licence) for licence in raw["data_licences"]),
        modality=str(raw["modality"]),
        input=_parse_input(raw["input"]),
        output=dict(raw["output"]),
        aggregation=str(raw["aggregation"]),
        top_k=int(raw.get("top_k", 1)) if raw["aggregation"] != "topk_mean" else int(raw["top_k"]),
        thresholds={str(name): float(value) for name, value in raw.get("thresholds", {}).items()},
        min_face_px=int(raw["min_face_px"]),
        calibration=Calibration(str(calibration["method"]), calibration["fitted_on"]),
        counted_for=tuple(str(kind) for kind in raw.get("counted_for", ())),
        judges=tuple(str(kind) for kind in raw.get("judges", KINDS)),
        trainable=bool(raw.get("trainable", architecture in TRAINABLE_ARCHITECTURES)),
        training=dict(raw["training"]) if raw.get("training") else None,
        family=str(raw.get("family", raw["id"])),
    )


def _find_exported(folder: Path) -> str:
    found = [name for name in EXPORTED_FILES if (folder / name).is_file()]
    if len(found) != 1:
        raise ValueError(
            f"the folder must hold exactly one of {', '.join(EXPORTED_FILES)}, or the manifest name its weights"
        )
    return found[0]


def _parse_input(shape: Any) -> ModelInput:
    def numbers(name: str, usual: float) -> tuple[float, ...]:
        given = shape.get(name, usual)
        return tuple(float(value) for value in given) if isinstance(given, list) else (float(given),)

    return ModelInput(
        kind=str(shape["kind"]),
        size_px=int(shape["size_px"] if "size_px" in shape else shape["size"]),
        margin=float(shape.get("margin", 1.0)),
        frames=int(shape["frames"]),
        align=str(shape.get("align", "none")),
        colour=str(shape.get("colour", "rgb")),
        mean=numbers("mean", 0.0),
        std=numbers("std", 1.0),
        range=str(shape.get("range", "0-255")),
    )


def _check(path: Path, manifest: ModelManifest) -> None:
    refusals = {
        "id must be lower-case letters, digits and hyphens": not re.fullmatch(
            r"[a-z0-9][a-z0-9-]*", manifest.id
        ),
        "sha256 must be 64 hexadecimal digits": not re.fullmatch(r"[0-9a-f]{64}", manifest.sha256),
        "weights must be a file name without a folder": Path(manifest.weights).name != manifest.weights,
        f"aggregation must be one of {', '.join(AGGREGATIONS)}": manifest.aggregation not in AGGREGATIONS,
        "top_k, input.size_px and input.frames must be positive": min(
            manifest.top_k, manifest.input.size_px, manifest.input.frames
        )
        < 1,
        f"judges must be some of {', '.join(KINDS)}": (
            not manifest.judges and manifest.architecture != WHOLE_PICTURE
        )
        or not set(manifest.judges) <= set(KINDS),
        "data_licences must name at least one source": not manifest.data_licences,
        "input.mean and input.std must be one number or three, and no std 0": not (
            {len(manifest.input.mean), len(manifest.input.std)} <= {1, 3} and all(manifest.input.std)
        ),
        "input.align must be none: faces are not turned upright here": manifest.input.align != "none",
        "input.colour must be rgb or bgr": manifest.input.colour not in ("rgb", "bgr"),
        "input.range must be 0-255 or 0-1": manifest.input.range not in ("0-255", "0-1"),
    }
    for message, refused in refusals.items():
        if refused:
            raise DetectorError(f"{path}: {message}")
