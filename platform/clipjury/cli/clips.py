"""`clipjury clips …`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury.cli.main import Refusal
from clipjury.domain.gold import GOLD_ROLES

if TYPE_CHECKING:
    from clipjury.cli.additions import Addition, Checked, Request
    from clipjury.domain.gold import GoldRole
    from clipjury.services.gold import NewGold

_FAULTS_SHOWN = 50


@click.group()
def clips() -> None:
    """Add clips, one by one or from a manifest."""


@clips.command("add")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="CSV: path,label,source,kind,licence,sha256,group,gold_role",
)
@click.option(
    "--gold", type=click.Choice(("authentic", "manipulated")), help="Every file is gold of this label."
)
@click.option("--gold-from-manifest", is_flag=True, help="Every row is gold of the label in its row.")
@click.option(
    "--gold-role",
    type=click.Choice(GOLD_ROLES),
    help="What the gold is for, for life; default: serve. A manifest's column gold_role goes before it.",
)
@click.option(
    "--ignore-groups", is_flag=True, help="Each row is a group of its own, whatever the manifest says."
)
@click.option("--as", "as_email", metavar="EMAIL", help="Whose upload it is; default: the only active admin.")
@click.option(
    "--media-consent",
    is_flag=True,
    help="You may and do agree that these files are published with datasets, where their licence is open.",
)
@click.option("--wait", is_flag=True, help="Return once the clips have been probed, previewed and scored.")
def add(
    paths: tuple[Path, ...],
    manifest: Path | None,
    gold: str | None,
    gold_from_manifest: bool,
    gold_role: "GoldRole | None",
    ignore_groups: bool,
    as_email: str | None,
    media_consent: bool,
    wait: bool,
) -> None:
    """Add files (PATHS) or every file of a manifest.

    Everything is checked first; if anything is wrong, nothing is added (exit status 2). Labels in a manifest
    are not stored unless --gold-from-manifest, or a gold_role in the row, says that they are gold. Rows of one
    group count as near duplicates: nobody votes on two of them, and their gold has one role. With --wait the
    exit status is 1 if a clip turned out unusable.
    """
    _check_usage(paths, manifest, gold, gold_from_manifest)
    if gold_role and not (gold or gold_from_manifest):
        raise click.UsageError("--gold-role needs --gold or --gold-from-manifest.")
    from clipjury.cli.opening import open_deps
    from clipjury.cli.storing import Storing, store_all

    deps = open_deps()
    uploader_id = find_uploader(as_email)
    requests, faults = _read_requests(paths, manifest, gold_from_manifest, ignore_groups)
    checked = check_all(requests, deps.settings.upload_limit_bytes, faults)
    found = gold_of(checked.additions, gold, gold_role or "serve", from_manifest=gold_from_manifest)
    refuse_conflicts(checked.additions, found)
    added = store_all(deps, checked.additions, found, Storing(uploader_id, media_consent=media_consent))
    there = len(checked.additions) - added
    click.echo(f"{added} added, {there} here already, {checked.repeated} repeated in what was given.")
    if wait:
        _wait_and_report(checked.additions)


def _check_usage(
    paths: tuple[Path, ...], manifest: Path | None, gold: str | None, from_manifest: bool
) -> None:
    if bool(paths) == bool(manifest):
        raise click.UsageError("Name files, or one --manifest.")
    if from_manifest and not manifest:
        raise click.UsageError("--gold-from-manifest needs a --manifest.")
    if from_manifest and gold:
        raise click.UsageError("--gold and --gold-from-manifest exclude each other.")


def _read_requests(
    paths: tuple[Path, ...], manifest: Path | None, labels_needed: bool, ignore_groups: bool
) -> "tuple[list[Request], list[str]]":
    from clipjury.cli.additions import Request
    from clipjury.cli.manifests import ManifestError, read_manifest, require_labels, without_groups

    if manifest is None:
        return [Request(place=str(path), path=path) for path in paths], []
    try:
        requests, faults = read_manifest(manifest)
    except ManifestError as error:
        raise Refusal(str(error)) from error
    if labels_needed:
        faults += require_labels(requests)
    return (without_groups(requests) if ignore_groups else requests), faults


def check_all(requests: "list[Request]", limit_bytes: int, faults: list[str]) -> "Checked":
    """Check every file. Raises Refusal that lists all faults, those handed in among them."""
    from clipjury.cli.additions import Checked, collect
    from clipjury.cli.progress import progress

    checked = Checked(faults=list(faults))
    with progress("checking", len(requests)) as shown:
        for _ in collect(checked, requests, limit_bytes):
            shown.advance()
    refuse(checked.faults)
    if not checked.additions:
        raise Refusal("There is nothing to add.")
    return checked


def refuse(faults: list[str]) -> None:
    """Raise Refusal if there are faults."""
    if faults:
        shown = faults[:_FAULTS_SHOWN]
        more = [f"… and {len(faults) - len(shown)} more"] if len(faults) > len(shown) else []
        raise Refusal("\n".join(["Nothing was added.", *shown, *more]))


def gold_of(
    additions: "list[Addition]", label: str | None, role: "GoldRole", *, from_manifest: bool
) -> "dict[str, NewGold]":
    """What each file that is to be gold is gold of, by SHA-256. The row's own role goes before `role`."""
    from clipjury.services.gold import NewGold

    found = {}
    for addition in additions:
        known = label or (addition.label if from_manifest or addition.gold_role else None)
        if known:
            source = addition.request.source or "import"
            found[addition.sha256] = NewGold(known, addition.gold_role or role, source)
    return found


def refuse_conflicts(additions: "list[Addition]", gold: "dict[str, NewGold]") -> None:
    """Raise Refusal if a file that is to be gold cannot be."""
    from clipjury.cli.storing import gold_conflicts

    refuse(gold_conflicts(additions, gold) if gold else [])


def find_uploader(email: str | None) -> int:
    """The account that the clips belong to; raises Refusal when it is not clear which."""
    from clipjury.db.queries import staff
    from clipjury.db.queries import users as queries
    from clipjury.db.transaction import transaction

    with transaction() as session:
        if email is not None:
            user = queries.find_by_email(session, email.strip().lower())
            if user is None or not user.is_active:
                raise Refusal(f"There is no active account for {email}.")
            return user.id
        admins = staff.list_active_admins(session)
    if len(admins) != 1:
        raise Refusal(f"There are {len(admins)} active admins: say whose upload it is with --as EMAIL.")
    return admins[0]


def _wait_and_report(additions: "list[Addition]") -> None:
    from clipjury.cli.storing import describe_failures, wait_for_clips

    rows = wait_for_clips([addition.sha256 for addition in additions])
    failures = describe_failures(rows)
    click.echo(f"{len(rows) - len(failures)} ready, {len(failures)} cannot be judged.")
    for line in failures:
        click.echo(line, err=True)
    if failures:
        raise SystemExit(1)


@clips.command("retry")
@click.option(
    "--code", default="processing_failed", show_default=True, help="Take up clips that failed with this code."
)
def retry(code: str) -> None:
    """Give failed clips another try, once what made them fail has been put right.

    Clips fail as processing_failed when the fault was this installation's, not the file's: an upgrade under a
    running worker, a full disk, a bug.
    """
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services.retries import retry_failed

    open_deps()
    total = 0
    while True:
        with transaction() as session:
            taken = retry_failed(session, code, limit=100)
        total += taken
        if not taken:
            break
    click.echo(f"{total} clips are on their way again.")
