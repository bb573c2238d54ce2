"""A network that somebody else exported, run as one detector: torch.export, TorchScript or ONNX, and no code."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from clipjury_ml.detection.crops import FaceCrops, FindFaces, crop_faces
from clipjury_ml.detection.described import Described
from clipjury_ml.detection.exported_files import read_exported
from clipjury_ml.detection.face_scores import frame_logits, median_face_px
from clipjury_ml.detection.manifest import DetectorError, ModelInput, ModelManifest
from clipjury_ml.detection.protocol import Abstention, Score
from clipjury_ml.media.faces import detect_faces

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames

Floats = NDArray[np.float64]
Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""(1, 3, size, size), or (1, frames, 3, size, size) for a clip, to (1, classes) or (1,)."""


def build(manifest: ModelManifest) -> ExportedDetector:
    """Make the detector from its manifest; raises DetectorError for a file that is refused or does not load."""
    if manifest.input.kind not in ("face_crop", "full_frame", "clip"):
        raise DetectorError(f"{manifest.id}: input.kind must be face_crop, full_frame or clip")
    if manifest.output.get("kind") not in ("logit", "softmax"):
        raise DetectorError(f"{manifest.id}: output.kind must be logit or softmax")
    content = read_exported(manifest)
    try:
        network = _LOADERS[manifest.weights](content)
    except (RuntimeError, ValueError, KeyError, AssertionError, cv2.error) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise DetectorError(f"{manifest.weights} of {manifest.id} does not load: {lines[0][:200]}") from error
    return ExportedDetector(manifest, network)


class ExportedDetector(Described):
    """Implements `Detector`. Pictures go through the network one by one, so that none sways another's score."""

    def __init__(
        self, manifest: ModelManifest, network: Network, find_faces: FindFaces = detect_faces
    ) -> None:
        torch.set_num_threads(1)
        super().__init__(manifest)
        self.find_faces = find_faces
        self._network = network

    def score(self, frames: SampledFrames) -> Score:
        """Score frames.rgb (n, h, w, 3); raises DetectorError where the network answers out of form."""
        started = time.perf_counter()
        kind = self.manifest.input.kind
        if kind == "face_crop":
            cropped = [self._crop(image) for image in frames.rgb]
            pictures = np.concatenate([c.crops for c in cropped])
            answers = frame_logits(cropped, np.array([self._judge(picture[None]) for picture in pictures]))
            abstention = _why_abstain(cropped)
            faces, face_px = len(pictures), median_face_px(cropped, self.manifest.input.margin)
        else:
            shrunk = [_shrink(image, self.manifest.input.size_px) for image in frames.rgb]
            answers, abstention = self._judge_frames(np.stack(shrunk))
            faces, face_px = 0, None
        if len(frames.rgb) == 1 and "image" not in self.manifest.judges:
            abstention = "still_picture"
        answered = [answer for answer in answers if answer is not None]
        p = None if abstention else _aggregate(answered, self.manifest.aggregation, self.manifest.top_k)
        return Score(
            p_manipulated=p,
            in_domain=abstention is None,
            calibrated=self.manifest.calibration.method != "none",
            frames_used=len(answered) if kind != "clip" else len(frames.rgb),
            faces=faces,
            seconds=time.perf_counter() - started,
            frame_scores=tuple(answers),
            abstention=abstention,
            face_px=face_px,
        )

    def _crop(self, image: NDArray[np.uint8]) -> FaceCrops:
        shape = self.manifest.input
        return crop_faces(image, self.find_faces, shape.size_px, shape.margin, self.manifest.min_face_px)

    def _judge_frames(self, pictures: NDArray[np.uint8]) -> tuple[list[float | None], Abstention | None]:
        if self.manifest.input.kind == "full_frame":
            return [self._judge(picture[None]) for picture in pictures], None
        if len(pictures) != self.manifest.input.frames:
            return [None] * len(pictures), "too_few_frames"
        p = self._judge(pictures)
        return [p] * len(pictures), None

    def _judge(self, pictures: NDArray[np.uint8]) -> float:
        """P(manipulated) of one picture (1, size, size, 3), or of a clip's frames together."""
        planes = to_planes(pictures, self.manifest.input)
        answer = np.asarray(self._network(planes[None] if self.manifest.input.kind == "clip" else planes))
        return read_answer(answer, self.manifest.output, self.manifest.id)


def _why_abstain(cropped: list[FaceCrops]) -> Abstention | None:
    if any(len(c.crops) for c in cropped):
        return None
    return "face_too_small" if any(c.found for c in cropped) else "no_face"


def to_planes(pictures: NDArray[np.uint8], shape: ModelInput) -> NDArray[np.float32]:
    """pictures (n, size, size, 3) uint8 RGB -> (n, 3, size, size) float32 as the manifest's input wants them."""
    planes = pictures[..., ::-1] if shape.colour == "bgr" else pictures
    values: NDArray[Any] = planes.astype(np.float32) / (255.0 if shape.range == "0-1" else 1.0)
    values = (values - np.array(shape.mean, np.float32)) / np.array(shape.std, np.float32)
    return np.ascontiguousarray(values.transpose(0, 3, 1, 2), dtype=np.float32)


def read_answer(answer: NDArray[Any], output: dict[str, Any], name: str) -> float:
    """P(manipulated) from a network's answer for one input; raises DetectorError where it is out of form."""
    values = np.asarray(answer, np.float64).reshape(-1)
    classes, index = int(output.get("n_classes", 1)), int(output.get("manipulated_index", 0))
    if values.shape != (classes,) or not np.isfinite(values).all() or not 0 <= index < classes:
        raise DetectorError(
            f"{name} answered {answer.shape} {values[:4]}, its manifest says {classes} classes"
        )
    if output["kind"] == "softmax":
        if values.min() < -1e-4 or values.max() > 1 + 1e-4 or (classes > 1 and abs(values.sum() - 1) > 1e-3):
            raise DetectorError(f"{name} answered {values[:4]}, which are no probabilities")
        return float(np.clip(values[index], 0.0, 1.0))
    margin = values[index] if classes == 1 else values[index] - _log_sum_exp(np.delete(values, index))
    return float(0.5 * (1.0 + np.tanh(0.5 * margin)))


def _log_sum_exp(values: Floats) -> float:
    most = float(values.max())
    return most + float(np.log(np.exp(values - most).sum()))


def _aggregate(answers: list[float], aggregation: str, top_k: int) -> float:
    ordered = sorted(answers, reverse=True)
    if aggregation == "p90":
        return float(np.quantile(ordered, 0.9))
    return float(np.mean(ordered[:top_k] if aggregation == "topk_mean" else ordered))


def _shrink(image: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_AREA), np.uint8)


def _load_pt2(content: bytes) -> Network:
    module = torch.export.load(io.BytesIO(content)).module(check_guards=False)
    return _of_torch(module)


def _load_torchscript(content: bytes) -> Network:
    return _of_torch(torch.jit.load(io.BytesIO(content), map_location="cpu").eval())  # type: ignore[no-untyped-call]


def _of_torch(module: Callable[..., Any]) -> Network:
    @torch.inference_mode()
    def run(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        answer = module(torch.from_numpy(planes))
        return np.asarray(answer.float().numpy())

    return run


def _load_onnx(content: bytes) -> Network:
    network = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))

    def run(planes: NDArray[np.float32]) -> NDArray[np.float32]:
        network.setInput(planes)
        return np.asarray(network.forward(), np.float32)

    return run


_LOADERS: dict[str, Callable[[bytes], Network]] = {
    "model.pt2": _load_pt2,
    "model.ts.pt": _load_torchscript,
    "model.onnx": _load_onnx,
}
