"""What `clipjury train` shows while it runs."""

from pathlib import Path

from clipjury.cli.progress import Progress
from clipjury.cli.train import show_progress
from clipjury_ml.training.finetune_run import seconds_left
from clipjury_ml.training.run_files import write_json


class Seen(Progress):
    """Remembers the last remark."""

    remark = ""

    def move_to(self, done: int, remark: str = "") -> None:
        super().move_to(done, remark)
        self.remark = remark


def test_loss_auc_and_the_time_that_is_left_are_shown_as_they_are_measured(tmp_path: Path) -> None:
    shown, path = Seen("training", 100), tmp_path / "progress.json"
    show_progress(path, shown)
    assert (shown.done, shown.remark) == (0, "")
    write_json(path, {"phase": "finding faces", "done": 3, "total": 9, "share": 0.13})
    show_progress(path, shown)
    assert (shown.done, shown.remark) == (13, "finding faces 3/9")
    live = {"phase": "training", "done": 40, "total": 90, "share": 0.66, "loss": 0.61234, "eta_s": 75}
    write_json(path, live | {"history": [{"step": 40, "validation_auc": 0.71234}]})
    show_progress(path, shown)
    assert shown.remark == "training 40/90, loss 0.612, 75 s left, validation AUC 0.712"
    write_json(path, live | {"history": [{"step": 40, "validation_auc": None}]})
    show_progress(path, shown)
    assert shown.remark == "training 40/90, loss 0.612, 75 s left"


def test_the_time_left_goes_by_the_steps_of_this_process_alone() -> None:
    assert seconds_left(30.0, 10, 50) == 150.0
    assert seconds_left(2.0, 0, 50) == 100.0  # nothing done yet: better than a division by zero
