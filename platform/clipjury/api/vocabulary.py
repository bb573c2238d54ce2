"""The words of ballots and decisions."""

from flask import Blueprint, Response

from clipjury.api.access import public
from clipjury.api.answers import json_answer
from clipjury.api.contract import describes
from clipjury.api.schemas.vocabulary import Vocabulary, vocabulary_body

blueprint = Blueprint("vocabulary", __name__)


@blueprint.get("/vocabulary")
@public
@describes("vocabulary", {200: Vocabulary})
def get_vocabulary() -> Response:
    """Labels, kinds of manipulation, cues with their innocent causes, reasons to skip, and reasons of decisions."""
    return json_answer(vocabulary_body())
