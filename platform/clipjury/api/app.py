"""The application factory."""

import time

from flask import Flask

from clipjury.api import (
    administration,
    assignments,
    clips,
    datasets,
    detectors,
    disputes,
    gold,
    health,
    invitations,
    jobs,
    labels,
    leases,
    lineage,
    metrics,
    near_duplicates,
    openapi,
    policies,
    public,
    reliabilities,
    reports,
    reviewers,
    safeguarding,
    session,
    snapshots,
    training_runs,
    users,
    verdicts,
    vocabulary,
)
from clipjury.api.access import public as anybody
from clipjury.api.auth import find_viewer, install_auth
from clipjury.api.composition import install_deps
from clipjury.api.contract import PREFIX
from clipjury.api.errors import install_error_map
from clipjury.api.headers import install_headers
from clipjury.api.uploads import FORM_OVERHEAD_BYTES, purge_incoming
from clipjury.db.extension import db
from clipjury.db.transaction import bind, engine_options
from clipjury.deps import build_deps
from clipjury.pages import shell
from clipjury.settings import Settings

_API = (
    session.blueprint,
    vocabulary.blueprint,
    assignments.blueprint,
    leases.blueprint,
    reviewers.blueprint,
    clips.blueprint,
    labels.blueprint,
    datasets.blueprint,
    snapshots.blueprint,
    disputes.blueprint,
    verdicts.blueprint,
    gold.blueprint,
    reliabilities.blueprint,
    jobs.blueprint,
    administration.blueprint,
    users.blueprint,
    invitations.blueprint,
    policies.blueprint,
    training_runs.blueprint,
    detectors.blueprint,
    lineage.blueprint,
    near_duplicates.blueprint,
    reports.blueprint,
    safeguarding.blueprint,
    public.blueprint,
    openapi.blueprint,
)


def create_app(settings: Settings) -> Flask:
    """The web application. Connects to nothing yet: a database that is away is no reason not to start."""
    app = Flask("clipjury", static_folder=None, template_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECURE_COOKIES=settings.secure_cookies,
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + FORM_OVERHEAD_BYTES,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(),
    )
    db.init_app(app)
    with app.app_context():
        bind(db.engine)
    deps = build_deps(settings)
    purge_incoming(deps.incoming_dir, time.time())
    install_deps(app, deps)
    install_error_map(app)
    install_headers(app, is_https=settings.secure_cookies)
    install_auth(app)
    for blueprint in _API:
        app.register_blueprint(blueprint, url_prefix=PREFIX)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(metrics.blueprint)
    pages = shell.Shell(settings.frontend_dir, declare_access=anybody, find_viewer=find_viewer)
    app.register_blueprint(shell.make_blueprint(pages))
    return app
