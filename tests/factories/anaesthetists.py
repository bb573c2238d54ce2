"""Dawid and Skene's own example (Applied Statistics 28, 1979, table 1): five anaesthetists grade the fitness of
45 patients from 1 to 4. The first read each form three times, the others once."""

from __future__ import annotations

# One patient a word: the first observer's three readings, then one each of the second to the fifth.
READINGS = [
    "1111111", "3334334", "1122122", "2223121", "2223222", "2223322", "1122111", "3333433", "2222223",
    "2322223", "4444444", "2223343", "1111111", "2223212", "1211111", "1112111", "1111111", "1111111",
    "2222221", "2221322", "2222222", "2222221", "2223222", "2212222", "1111111", "1111111", "2322222",
    "1111111", "1111111", "1121121", "1111111", "3333233", "1111111", "2222222", "2223232", "4334343",
    "2212232", "2323233", "3333432", "1111111", "1111111", "1212111", "2322222", "1211111", "2222222",
]  # fmt: skip
OBSERVERS = ("1", "1", "1", "2", "3", "4", "5")


def columns() -> tuple[list[str], list[str], list[str]]:
    """patients, observers and grades, one reading an entry."""
    rows = [
        (f"{patient:02d}", observer, grade)
        for patient, grades in enumerate(READINGS, start=1)
        for observer, grade in zip(OBSERVERS, grades, strict=True)
    ]
    patients, observers, grades = (list(column) for column in zip(*rows, strict=True))
    return patients, observers, grades
