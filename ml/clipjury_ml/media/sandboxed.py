"""The process in the sandbox: one operation on one file, then the end. Started by `sandbox`, never by hand.

A JSON request comes in on standard input, a JSON reply leaves on standard output, files are written into the
current folder. The file itself arrives as an open descriptor: this process knows no path to it.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import os
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury_ml.media import isolation, syscalls
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import Limits
from clipjury_ml.media.results import TRACK_SERIES

if TYPE_CHECKING:
    from clipjury_ml.media.results import FaceTracks, Loudness, Traces
    from clipjury_ml.media.sampling import Sample

_HERE = Path(".")  # noqa: PTH201 - relative on purpose: below it there is no other root
_Arguments = dict[str, Any]
_Reply = dict[str, Any]


def main() -> None:
    """Read the request, fence the process in, do the work, reply. Exit status 0 whenever a reply was written."""
    request = json.loads(sys.stdin.buffer.read())
    reply_fd = os.dup(1)
    os.dup2(2, 1)  # nothing that a library prints may end up in the reply
    limits = request["limits"]
    isolation.limit_resources(
        limits["address_space_bytes"], limits["cpu_s"], limits["file_size_bytes"], limits["open_files"]
    )
    network = isolation.leave_network()
    _load(request["operation"], request["kind"])
    filesystem = isolation.enter_folder(request["folder_fd"])
    unprivileged = isolation.drop_rights(request["parent_pid"])
    fences = isolation.Isolation(network, filesystem, unprivileged, syscalls.refuse_dangerous_calls())
    reply = _run(request) | {"isolation": dataclasses.asdict(fences), "usage": _usage()}
    with os.fdopen(reply_fd, "wb") as out:
        out.write(json.dumps(reply, allow_nan=False).encode())


def _run(request: _Reply) -> _Reply:
    try:
        result = _operate(
            request["operation"], request["file_fd"], request["arguments"], Limits(**request["limits"])
        )
    except MediaError as error:
        return {"error": {"code": error.code, "detail": error.detail}}
    except MemoryError:
        return {"error": {"code": "decode_out_of_memory", "detail": ""}}
    except Exception:  # noqa: BLE001 - the last frame: what went wrong has to reach the parent as text
        return {"crash": traceback.format_exc()[-4000:]}
    return {"result": _as_json(result)}


# Python's libraries load these only when a file needs them; by then there is no file system to load from.
_LOADED_LATE = ("av.subtitles.codeccontext", "av.subtitles.stream", "encodings.idna", "logging")
_FOR_IMAGES = (
    "PIL.ExifTags",
    *(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")),
    *(f"PIL.Image{name}" for name in ("Cms", "Color", "File", "Filter", "Ops", "Palette")),
    "clipjury_ml.media.images",
)
_FOR_ARRAYS = ("mmap", "numpy.lib.format", "zipfile")
# What each operation needs, its own module first. Starting took a third of the time that judging a clip takes
# when every operation loaded all of it.
_NEEDED_BY: dict[str, tuple[str, ...]] = {
    "isolation": (),
    "probe": ("clipjury_ml.media.probe",),
    "provenance": ("clipjury_ml.media.provenance",),
    "credentials": ("clipjury_ml.media.credentials",),
    "traces": ("clipjury_ml.media.traces", "cv2", *_FOR_ARRAYS),
    "loudness": ("clipjury_ml.media.loudness", "numpy.fft", "numpy.lib.stride_tricks", *_FOR_ARRAYS),
    # np.median asks for numpy.ma
    "face_tracks": (
        "clipjury_ml.media.face_tracks",
        "clipjury_ml.media.faces",
        "numpy.ma",
        *_FOR_ARRAYS,
    ),
    "preview": ("clipjury_ml.media.previews",),
    "poster": ("clipjury_ml.media.stills", *_FOR_IMAGES),
    "thumbnails": ("clipjury_ml.media.stills", *_FOR_IMAGES),
    "hashes": ("clipjury_ml.media.perceptual", "numpy.fft"),
    "frames": ("clipjury_ml.media.sampling",),
}


def _load(operation: str, kind: str | None) -> None:
    """Import whatever the operation needs for a file of this kind, before the file system goes."""
    for name in (*_LOADED_LATE, *_NEEDED_BY[operation], *(_FOR_IMAGES if kind == "image" else ())):
        importlib.import_module(name)
    if operation == "face_tracks":
        sys.modules["clipjury_ml.media.faces"].load_finder()


def _operate(operation: str, fd: int, arguments: _Arguments, limits: Limits) -> object:
    module: Any = sys.modules[_NEEDED_BY[operation][0]] if _NEEDED_BY[operation] else None
    works: dict[str, Callable[[], object]] = {
        "isolation": dict,
        "probe": lambda: module.probe_file(fd, limits),
        "provenance": lambda: module.read_provenance(fd, limits),
        "credentials": lambda: module.check_credentials(fd, limits),
        "traces": lambda: _write_traces(module.read_traces(fd, limits)),
        "loudness": lambda: _write_loudness(module.read_loudness(fd, limits)),
        "face_tracks": lambda: _write_tracks(module.track_faces(fd, arguments["crop_px"], limits)),
        "preview": lambda: module.make_preview(fd, _HERE, limits),
        "poster": lambda: module.make_poster(fd, _HERE, limits),
        "thumbnails": lambda: module.make_thumbnails(fd, _HERE, arguments["count"], limits),
        "hashes": lambda: {"hashes": module.hash_clip(fd, limits)},
        "frames": lambda: _write_frames(module.walk_samples(fd, arguments["count"], limits)),
    }
    return works[operation]()


def _write_frames(samples: Iterator[Sample]) -> _Reply:
    # Plain pixels, one frame after another: an archive would be stacked, written, summed and read once more.
    taken: list[tuple[int, float]] = []
    with (_HERE / "frames.rgb").open("wb") as out:
        for sample in samples:
            out.write(sample.rgb)
            taken.append((sample.number, sample.time_s))
            size = sample.width, sample.height
    numbers, times_s = zip(*taken, strict=True)
    return {
        "path": "frames.rgb", "width": size[0], "height": size[1], "frame_indices": numbers, "times_s": times_s,
    }  # fmt: skip


def _write_traces(found: Traces) -> _Reply:
    import numpy as np

    series = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    np.savez(_HERE / "traces.npz", **series)
    return {"path": "traces.npz"}


def _write_loudness(found: Loudness) -> _Reply:
    import numpy as np

    np.savez(_HERE / "loudness.npz", bands_db=found.bands_db)
    return {"path": "loudness.npz", "step_s": found.step_s, "warnings": found.warnings}


def _write_tracks(found: FaceTracks) -> _Reply:
    import numpy as np

    series = {
        f"{name}_{at}": getattr(track, name) for at, track in enumerate(found.tracks) for name in TRACK_SERIES
    }
    np.savez(_HERE / "face_tracks.npz", **series)
    whole = {"width": found.width, "height": found.height, "frames": found.frames, "warnings": found.warnings}
    return {"path": "face_tracks.npz", "ends": [track.end for track in found.tracks], **whole}


def _as_json(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _as_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    return value.name if isinstance(value, Path) else value


def _usage() -> _Reply:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu_s": round(used.ru_utime + used.ru_stime, 4), "max_rss_bytes": used.ru_maxrss * 1024}


if __name__ == "__main__":
    main()
