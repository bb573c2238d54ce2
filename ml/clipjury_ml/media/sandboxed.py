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
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury_ml.media import isolation, syscalls
from clipjury_ml.media.results import TRACK_SERIES

if TYPE_CHECKING:
    from clipjury_ml.media.limits import Limits
    from clipjury_ml.media.results import Loudness, Traces

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
    operations = _load_operations()  # whatever is imported has to be imported before the file system goes
    for name in _NEEDED_BY.get(request["operation"], ()):
        importlib.import_module(name)
    if request["operation"] == "face_tracks":
        sys.modules["clipjury_ml.media.faces"].load_finder()
    filesystem = isolation.enter_folder(request["folder_fd"])
    unprivileged = isolation.drop_rights(request["parent_pid"])
    fences = isolation.Isolation(network, filesystem, unprivileged, syscalls.refuse_dangerous_calls())
    reply = _run(operations, request) | {"isolation": dataclasses.asdict(fences), "usage": _usage()}
    with os.fdopen(reply_fd, "wb") as out:
        out.write(json.dumps(reply, allow_nan=False).encode())


def _run(operations: dict[str, Callable[[int, _Arguments, Limits], object]], request: _Reply) -> _Reply:
    from clipjury_ml.media.errors import MediaError
    from clipjury_ml.media.limits import Limits

    try:
        work = operations[request["operation"]]
        result = work(request["file_fd"], request["arguments"], Limits(**request["limits"]))
    except MediaError as error:
        return {"error": {"code": error.code, "detail": error.detail}}
    except MemoryError:
        return {"error": {"code": "decode_out_of_memory", "detail": ""}}
    except Exception:  # noqa: BLE001 - the last frame: what went wrong has to reach the parent as text
        return {"crash": traceback.format_exc()[-4000:]}
    return {"result": _as_json(result)}


# Python's libraries load these only when a file needs them; by then there is no file system to load from.
_LOADED_LATE = (
    "av.subtitles.codeccontext",
    "av.subtitles.stream",
    "encodings.idna",
    "logging",
    "mmap",
    "numpy.lib.format",
    "zipfile",
    "PIL.ExifTags",
    *(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Mpo", "Png", "Ppm", "Tiff", "WebP")),
    *(f"PIL.Image{name}" for name in ("Cms", "Color", "File", "Filter", "Ops", "Palette")),
)
# Slow to load, and so loaded for the one operation that needs it.
_NEEDED_BY = {
    "credentials": ("clipjury_ml.media.credentials",),
    "traces": ("cv2",),
    "loudness": ("numpy.fft", "numpy.lib.stride_tricks"),
    "face_tracks": (
        "numpy.ma",
        "clipjury_ml.media.faces",
        "clipjury_ml.media.face_tracks",
    ),  # np.median asks for it
}


def _load_operations() -> dict[str, Callable[[int, _Arguments, Limits], object]]:
    for name in _LOADED_LATE:
        importlib.import_module(name)
    from clipjury_ml.media import loudness, perceptual, previews, probe, provenance, sampling, stills, traces

    return {
        "isolation": lambda fd, arguments, limits: {},
        "probe": lambda fd, arguments, limits: probe.probe_file(fd, limits),
        "provenance": lambda fd, arguments, limits: provenance.read_provenance(fd, limits),
        "credentials": lambda fd, arguments, limits: _check_credentials(fd, limits),
        "traces": lambda fd, arguments, limits: _write_traces(traces.read_traces(fd, limits)),
        "loudness": lambda fd, arguments, limits: _write_loudness(loudness.read_loudness(fd, limits)),
        "face_tracks": lambda fd, arguments, limits: _track_faces(fd, arguments["crop_px"], limits),
        "preview": lambda fd, arguments, limits: previews.make_preview(fd, _HERE, limits),
        "poster": lambda fd, arguments, limits: stills.make_poster(fd, _HERE, limits),
        "thumbnails": lambda fd, arguments, limits: stills.make_thumbnails(
            fd, _HERE, arguments["count"], limits
        ),
        "hashes": lambda fd, arguments, limits: {"hashes": perceptual.hash_clip(fd, limits)},
        "frames": lambda fd, arguments, limits: _write_frames(
            sampling.sample_frames(fd, arguments["count"], limits)
        ),
    }


def _check_credentials(fd: int, limits: Limits) -> object:
    from clipjury_ml.media import credentials  # loaded before the fence, for this operation alone

    return credentials.check_credentials(fd, limits)


def _write_frames(sampled: Any) -> _Reply:
    import numpy as np

    np.savez(_HERE / "frames.npz", rgb=sampled.rgb)
    return {"path": "frames.npz", "frame_indices": sampled.frame_indices, "times_s": sampled.times_s}


def _write_traces(found: Traces) -> _Reply:
    import numpy as np

    series = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    np.savez(_HERE / "traces.npz", **series)
    return {"path": "traces.npz"}


def _write_loudness(found: Loudness) -> _Reply:
    import numpy as np

    np.savez(_HERE / "loudness.npz", bands_db=found.bands_db)
    return {"path": "loudness.npz", "step_s": found.step_s, "warnings": found.warnings}


def _track_faces(fd: int, crop_px: int, limits: Limits) -> _Reply:
    import numpy as np

    from clipjury_ml.media.face_tracks import track_faces

    found = track_faces(fd, crop_px, limits)
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
