"""CPU and wall seconds of a piece of work, and the memory it takes at its peak. Needs nothing but Python."""

import resource
import time
from pathlib import Path


class Meter:
    """`with Meter() as used: ...`, then used.wall and used.cpu (s), used.peak_mb beyond what was held before."""

    def __enter__(self) -> "Meter":
        self._reset_peak()
        self._before, self._wall, self._cpu = self._held(), time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu
        self.peak_mb = max(0.0, self._peak() - self._before) / 1024

    @staticmethod
    def _reset_peak() -> None:
        """So that reading the votes does not hide what the fit takes (Linux; elsewhere it may)."""
        if Path("/proc/self/clear_refs").exists():
            Path("/proc/self/clear_refs").write_text("5")

    @staticmethod
    def _status(name: str) -> float | None:
        path = Path("/proc/self/status")
        lines = path.read_text().splitlines() if path.exists() else []
        return next((float(line.split()[1]) for line in lines if line.startswith(name)), None)

    def _held(self) -> float:
        return self._status("VmRSS") or self._peak()

    def _peak(self) -> float:
        return self._status("VmHWM") or float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
