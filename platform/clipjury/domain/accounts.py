"""What an account must be: its e-mail address, its name, its roles and its password."""

from collections.abc import Collection, Sequence
from typing import Final

from clipjury.domain.errors import FieldError

ROLES: Final = ("reviewer", "moderator", "curator", "admin", "safeguarding")
MAX_EMAIL_CHARACTERS: Final = 254  # RFC 5321 leaves this many for an address
MAX_NAME_CHARACTERS: Final = 80
MIN_PASSWORD_CHARACTERS: Final = 12
MAX_PASSWORD_CHARACTERS: Final = 256  # a bound on what one log-in may make the server hash
MAX_TOKEN_DAYS: Final = 90

# Passwords of twelve characters or more that guessing tools try first. Compared in lower case.
_COMMON_PASSWORDS: Final = frozenset(
    """
    password1234 password12345 password123456 passwordpassword password1234! p@ssw0rd1234 passw0rd1234
    123456789012 1234567890123 12345678901234 123456781234 123412341234 123123123123 112233445566 987654321012
    qwertyuiop12 qwertyuiop123 qwerty123456 qwertyqwerty qwertyuiopasdf 1qaz2wsx3edc 1q2w3e4r5t6y zaq12wsxcde3
    asdfghjkl123 asdfasdfasdf abcdefghijkl abcd12345678 abc123abc123 administrator admin1234567 adminadminadmin
    letmeinletmein letmein12345 iloveyou1234 iloveyouforever welcome12345 welcome123456 changeme1234 changemechangeme
    trustno1trustno1 correcthorsebatterystaple football1234 baseball1234 superman1234 dragondragon monkeymonkey
    sunshine1234 princess1234 secretsecret secret123456 default12345 clipjury1234 clipjuryclipjury
    """.split()  # noqa: SIM905 - read as a list of words
)


def normalise_email(email: str) -> str:
    """The form under which an address is stored and looked up."""
    return email.strip().lower()


def email_faults(email: str) -> list[FieldError]:
    """What is wrong with a normalised address; whether mail arrives there is another matter."""
    local, at, host = email.rpartition("@")
    if not (local and at and host) or any(not c.isprintable() or c.isspace() for c in email):
        return [FieldError("email", "Give an e-mail address, like name@example.org.")]
    if len(email) > MAX_EMAIL_CHARACTERS:
        return [FieldError("email", f"An e-mail address has at most {MAX_EMAIL_CHARACTERS} characters.")]
    return []


def name_faults(display_name: str) -> list[FieldError]:
    """What is wrong with the name that others see."""
    if not display_name.strip() or not display_name.isprintable():
        return [FieldError("display_name", "Give a name to show, without line breaks.")]
    if len(display_name) > MAX_NAME_CHARACTERS:
        return [FieldError("display_name", f"Keep the name to {MAX_NAME_CHARACTERS} characters.")]
    return []


def role_faults(roles: Collection[str]) -> list[FieldError]:
    """What is wrong with a set of roles."""
    if not roles:
        return [FieldError("roles", f"Give at least one role: {', '.join(ROLES)}.")]
    return [
        FieldError("roles", f"There is no role {role[:40]!r}; the roles are {', '.join(ROLES)}.")
        for role in roles
        if role not in ROLES
    ]


def password_faults(password: str, own_words: Sequence[str] = ()) -> list[FieldError]:
    """Why a password cannot be used. `own_words` are the account's e-mail and name.

    Length and a list, no rules of composition: NIST SP 800-63B 5.1.1.2, OWASP ASVS 5.0 6.2.1-6.2.5.
    """
    if len(password) < MIN_PASSWORD_CHARACTERS:
        return [_password_fault(f"Use {MIN_PASSWORD_CHARACTERS} characters or more; several words do well.")]
    if len(password) > MAX_PASSWORD_CHARACTERS:
        return [_password_fault(f"Use at most {MAX_PASSWORD_CHARACTERS} characters.")]
    lowered = password.lower()
    if lowered in {word.lower() for word in own_words}:
        return [_password_fault("The password must not be your e-mail address or your name.")]
    if lowered in _COMMON_PASSWORDS or len(set(lowered)) < 4:
        return [_password_fault("This password is among the first that are guessed; choose another.")]
    return []


def _password_fault(message: str) -> FieldError:
    return FieldError("password", message)
