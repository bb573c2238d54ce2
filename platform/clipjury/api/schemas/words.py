"""The fixed words of the interface, each under one name in the OpenAPI document."""

from typing import Literal

from typing_extensions import TypeAliasType

Role = TypeAliasType("Role", Literal["reviewer", "moderator", "curator", "admin", "safeguarding"])
Label = TypeAliasType("Label", Literal["authentic", "manipulated"])
ResponseLabel = TypeAliasType("ResponseLabel", Literal["authentic", "manipulated", "unsure"])
Kind = TypeAliasType(
    "Kind",
    Literal[
        "face_swap",
        "face_reenactment",
        "lip_sync",
        "voice",
        "generated_scene",
        "splice",
        "speed",
        "overlay",
        "context",
        "other",
    ],
)
ClipState = TypeAliasType(
    "ClipState", Literal["received", "processing", "open", "closing", "retired", "failed"]
)
Outcome = TypeAliasType(
    "Outcome", Literal["manipulated", "no_manipulation_found", "inconclusive", "authentic"]
)
MediaKind = TypeAliasType("MediaKind", Literal["video", "image"])
RetirementReason = TypeAliasType("RetirementReason", Literal["evidence", "cap", "adjudication"])
DisputeReason = TypeAliasType(
    "DisputeReason",
    Literal["strong_clash", "detector_clash", "guard", "valuable_cap", "audit", "appeal", "refit"],
)
ShownReason = TypeAliasType(
    "ShownReason",
    Literal[
        "strong_clash", "detector_clash", "guard", "valuable_cap", "audit", "appeal", "refit", "blind_check"
    ],
)
Conflict = TypeAliasType(
    "Conflict", Literal["lease_open", "own_upload", "voted_on_group", "own_appeal", "case_seen"]
)
SkipReasonId = TypeAliasType("SkipReasonId", Literal["distressing", "cannot_play", "know_this_clip", "other"])
GoldRole = TypeAliasType("GoldRole", Literal["serve", "calibrate", "gate"])
GoldOrigin = TypeAliasType("GoldOrigin", Literal["import", "synthetic", "adjudication"])
VersionState = TypeAliasType("VersionState", Literal["candidate", "active", "retired"])
GateOutcome = TypeAliasType("GateOutcome", Literal["passed", "refused", "too_few_items"])
PromotionKind = TypeAliasType("PromotionKind", Literal["first", "gate", "override", "rollback"])
LikenessState = TypeAliasType("LikenessState", Literal["linked", "suggested", "confirmed", "rejected"])
ReportReason = TypeAliasType(
    "ReportReason", Literal["minor", "intimate", "depicted_person", "illegal", "rights"]
)
ReportState = TypeAliasType("ReportState", Literal["open", "upheld", "dismissed"])
Desk = TypeAliasType("Desk", Literal["moderators", "safeguarding"])
QuarantineAction = TypeAliasType("QuarantineAction", Literal["quarantined", "released", "blocked"])
