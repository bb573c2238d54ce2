"""The composition root's objects, as views reach them."""

from flask import Flask, current_app

from clipjury.deps import Deps

_KEY = "clipjury"


def install_deps(app: Flask, deps: Deps) -> None:
    """Hand `deps` to the views of `app`."""
    app.extensions[_KEY] = deps


def get_deps() -> Deps:
    """The deps of the application that answers this request."""
    deps: Deps = current_app.extensions[_KEY]
    return deps
