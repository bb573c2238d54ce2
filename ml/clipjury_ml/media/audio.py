"""The sound of a clip, starting at the player's zero: resampled, and as every preview carries it (AAC, stereo)."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import av.error
import av.filter
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from clipjury_ml.media.decoding import OpenedVideo, Source, opened_video, packets
from clipjury_ml.media.limits import Limits

SAMPLE_RATE_HZ = 48_000
BIT_RATE = 128_000
_SAMPLES_A_FRAME = 1024
_PACKETS_TRIED = 50
# Gaps are filled with silence and overlaps trimmed, so that sound stays beside its picture.
_IN_STEP = "async=1:min_hard_comp=0.1:first_pts=0"
_Format = tuple[int, str, str]


def hears_sound(source: Source, limits: Limits) -> bool:
    """Whether the clip has a sound track of which something decodes."""
    with opened_video(source, limits) as opened:
        if opened.audio is None:
            return False
        tried = 0
        for packet in packets(opened, with_audio=True):
            if packet.stream_index != opened.audio.index:
                continue
            if decode_sound(opened, packet):
                return True
            tried += 1
            if tried == _PACKETS_TRIED:
                break
    return False


def decode_sound(opened: OpenedVideo, packet: Packet[Stream] | None) -> list[AudioFrame]:
    """The sound in `packet` (None flushes the decoder); a damaged packet gives none."""
    assert opened.audio is not None
    try:
        return opened.audio.decode(packet)
    except MemoryError:
        raise
    except (EOFError, av.error.FFmpegError):
        return []


class Resampler:
    """Decoded sound at one rate and layout, its stamps in samples from `origin_s` of the source; gaps are silence."""

    def __init__(self, rate_hz: int, layout: str, origin_s: Fraction, limits: Limits) -> None:
        self._rate_hz, self._layout = rate_hz, layout
        self._origin_s = origin_s
        self._latest_s = limits.max_duration_s
        self._graph: av.filter.Graph | None = None
        self._format: _Format | None = None
        self._next_pts = 0

    def take(self, frame: AudioFrame) -> Iterator[AudioFrame]:
        """Take one decoded frame. One placed absurdly late would be hours of silence: it is left out."""
        start_s = self._start_s(frame)
        if start_s is None or start_s > self._latest_s:
            return
        heard = (frame.sample_rate, frame.format.name, frame.layout.name)
        if self._graph is None or heard != self._format:
            yield from self.finish()
            self._graph, self._format = _build_graph(heard, self._rate_hz, self._layout), heard
        frame.pts = round(start_s * frame.sample_rate)
        frame.time_base = Fraction(1, frame.sample_rate)
        self._graph.push(frame)
        yield from self._ready(self._graph)

    def finish(self) -> Iterator[AudioFrame]:
        """What is still under way."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready(self._graph)
            self._graph = None

    def _start_s(self, frame: AudioFrame) -> Fraction | None:
        if frame.pts is None or frame.time_base is None or frame.sample_rate == 0:
            return None
        return frame.pts * frame.time_base - self._origin_s

    def _ready(self, graph: av.filter.Graph) -> Iterator[AudioFrame]:
        for shaped in _pull_all(graph):
            if shaped.pts is None or shaped.pts < self._next_pts:
                continue  # a change of format in mid-clip overlapped what is already given
            self._next_pts = shaped.pts + shaped.samples
            yield shaped


class SoundWriter:
    """Resamples decoded sound and encodes it into `output`; times count from `origin_s` of the source."""

    def __init__(self, output: OutputContainer, origin_s: Fraction, limits: Limits) -> None:
        self.stream: AudioStream = output.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo")
        self.stream.bit_rate = BIT_RATE
        self.stream.codec_context.flags |= _BITEXACT
        self._output = output
        self._resampler = Resampler(SAMPLE_RATE_HZ, "stereo", origin_s, limits)

    def write(self, frame: AudioFrame) -> None:
        """Take one decoded frame."""
        for shaped in self._resampler.take(frame):
            self._output.mux(self.stream.encode(shaped))

    def finish(self) -> None:
        """Write what is still under way."""
        for shaped in self._resampler.finish():
            self._output.mux(self.stream.encode(shaped))
        self._output.mux(self.stream.encode(None))


_BITEXACT = int(av.codec.context.Flags.bitexact)


def _build_graph(heard: _Format, rate_hz: int, layout_wanted: str) -> av.filter.Graph:
    rate, sample_format, layout = heard
    source = f"sample_rate={rate}:sample_fmt={sample_format}:channel_layout={layout}:time_base=1/{rate}"
    graph = av.filter.Graph()
    graph.threads = 1
    steps = [
        ("abuffer", source),
        ("aresample", f"{rate_hz}:{_IN_STEP}"),
        ("aformat", f"sample_fmts=fltp:sample_rates={rate_hz}:channel_layouts={layout_wanted}"),
        ("asetnsamples", f"n={_SAMPLES_A_FRAME}:p=0"),
        ("abuffersink", None),
    ]
    graph.link_nodes(*[graph.add(name, arguments) for name, arguments in steps])
    graph.configure()
    return graph


def _pull_all(graph: av.filter.Graph) -> Iterator[AudioFrame]:
    while True:
        try:
            shaped = graph.pull()
        except (BlockingIOError, EOFError):
            return
        if isinstance(shaped, AudioFrame):
            yield shaped
