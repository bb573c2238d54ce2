"""Detector versions and the scores they gave."""

import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clipjury.db.models.base import Base, BigIntKey, CreatedAt
from clipjury.db.models.clip import one_of

VERSION_STATES = ("candidate", "active", "retired")
DRIFT_STATES = ("steady", "alert", "too_few")


class DetectorVersion(Base):
    """One set of weights of one detector, known by the SHA-256 of its file. At most one a detector is active.

    `storage_key` is the prefix of its folder in the store; null only for versions that older releases registered
    from the package.
    """

    __tablename__ = "detector_versions"
    __table_args__ = (
        UniqueConstraint("detector", "version"),
        CheckConstraint(one_of("state", VERSION_STATES), name="state_known"),
        Index(
            "uq_detector_versions_active", "detector", unique=True, postgresql_where=text("state = 'active'")
        ),
        Index(None, "training_run_id"),
    )

    id: Mapped[BigIntKey]
    detector: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[str]
    is_calibrated: Mapped[bool] = mapped_column(server_default=text("false"))
    card: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'candidate'"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("detector_versions.id"))
    training_run_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey(
            "training_runs.id", use_alter=True, name="fk_detector_versions_training_run_id_training_runs"
        )
    )
    storage_key: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class DetectorCalibration(Base):
    """What one version's scores are worth, by kind of clip, measured on gold. Append-only; the newest counts."""

    __tablename__ = "detector_calibrations"
    __table_args__ = (UniqueConstraint("job_id"), Index(None, "detector_version_id", "id"))

    id: Mapped[BigIntKey]
    detector_version_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    kinds: Mapped[dict[str, Any]]
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("jobs.id"))
    created_at: Mapped[CreatedAt]


class DetectorDriftReport(Base):
    """What a version in force sees and answers now, beside what it was measured on. Append-only; the newest counts.

    `report` holds the windows and the measures of `clipjury.domain.drift`.
    """

    __tablename__ = "detector_drift_reports"
    __table_args__ = (
        CheckConstraint(one_of("state", DRIFT_STATES), name="state_known"),
        Index(None, "detector_version_id", "id"),
    )

    id: Mapped[BigIntKey]
    detector_version_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("detector_calibrations.id"))
    state: Mapped[str]
    report: Mapped[dict[str, Any]]
    created_at: Mapped[CreatedAt]


class Score(Base):
    """A detector version's answer for a clip; `p_manipulated` is null where it abstained or failed.

    `p_calibrated` is the same as a probability at even prior, where gold has shown what the score is worth.
    `findings` are for people, with the keys of `clipjury_ml.detection.protocol.Finding`, and move nothing.
    `face_px` is the median longer side of the faces' boxes in the frames as scored; null without a face, and in scores
    from before it was kept.
    """

    __tablename__ = "scores"
    __table_args__ = (
        UniqueConstraint("clip_id", "detector_version_id"),
        CheckConstraint("p_manipulated BETWEEN 0 AND 1", name="p_range"),
        CheckConstraint("p_calibrated > 0 AND p_calibrated < 1", name="p_calibrated_range"),
        CheckConstraint("face_px > 0", name="face_px_positive"),
        Index("ix_scores_detector_version_id_calibration_id", "detector_version_id", "calibration_id"),
    )

    id: Mapped[BigIntKey]
    clip_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clips.id"))
    detector_version_id: Mapped[int] = mapped_column(ForeignKey("detector_versions.id"))
    p_manipulated: Mapped[float | None]
    p_calibrated: Mapped[float | None]
    calibration_id: Mapped[int | None] = mapped_column(ForeignKey("detector_calibrations.id"))
    is_in_domain: Mapped[bool]
    abstention: Mapped[str | None]
    error: Mapped[str | None]
    frames_used: Mapped[int]
    faces: Mapped[int]
    seconds: Mapped[float]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'::jsonb"))
    face_px: Mapped[float | None]
    created_at: Mapped[CreatedAt]
