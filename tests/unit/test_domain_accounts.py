"""What an account must be."""

from __future__ import annotations

import pytest

from clipjury.domain.accounts import email_faults, name_faults, normalise_email, password_faults, role_faults


@pytest.mark.parametrize("email", ["ada@example.org", "ada@localhost", "jürgen+x@example.org"])
def test_an_address_needs_a_name_and_a_host(email: str) -> None:
    assert email_faults(email) == []


@pytest.mark.parametrize(
    "email", ["", "ada", "@example.org", "ada@", "a b@example.org", "a\n@b", "a\x00@b", "a" * 250 + "@b.org"]
)
def test_anything_else_is_no_address(email: str) -> None:
    assert [fault.field for fault in email_faults(email)] == ["email"]


def test_an_address_is_one_whatever_its_case_and_the_space_around_it() -> None:
    assert normalise_email("  Ada@Example.ORG ") == "ada@example.org"


@pytest.mark.parametrize("name", ["", "   ", "A\nB", "A\x00", "x" * 81])
def test_a_name_is_one_line_that_can_be_shown(name: str) -> None:
    assert [fault.field for fault in name_faults(name)] == ["display_name"]
    assert name_faults("Ada Lovelace") == []


def test_roles_are_one_or_more_of_those_known() -> None:
    assert role_faults(["reviewer", "admin"]) == []
    assert [fault.field for fault in role_faults([])] == ["roles"]
    assert "king" in role_faults(["reviewer", "king"])[0].message


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "x" * 257,
        "Password1234",
        "aaaaaaaaaaaa",
        "abababababab",
        "Ada@example.org",
        "Ada Lovelace!",
    ],
)
def test_a_password_that_is_short_or_first_to_be_guessed_is_refused(password: str) -> None:
    faults = password_faults(password, ("ada@example.org", "ada lovelace!"))
    assert [fault.field for fault in faults] == ["password"]


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "пароль из двенадцати букв", "x1y2z3" * 40, "            abcd"],
)
def test_a_long_password_of_any_characters_is_welcome(password: str) -> None:
    assert password_faults(password) == []
