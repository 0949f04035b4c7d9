"""Letters to many people over one connection to the mail server, with an end where the server no longer answers."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

PATIENCE = 3  # letters in a row that may each cost the connection, until the server counts as gone for this run
# What says no to one letter and then goes on talking. Anything else leaves the connection in an unknown state.
_REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


class NoMailServer(ValidationError):
    """The mail server does not answer (`no_mail_server`). `done`: how many letters went out before."""

    done = 0

    def __init__(self, why: str) -> None:
        sentence = _("Der Mailserver antwortet nicht (%s). Was offen ist, geht mit dem nächsten Lauf hinaus.")
        super().__init__(sentence % why, code="no_mail_server")


class Mailing:
    """One connection, opened when it is first needed and again after it was lost, but not for ever."""

    def __init__(self, patience: int = PATIENCE) -> None:
        self._connection = get_connection()
        self._patience, self._lost, self._why = patience, 0, ""

    def open(self) -> None:
        """Be ready to send; NoMailServer where the server cannot be reached, and at once where that is known."""
        self.check()
        try:
            self._connection.open()
        except OSError as error:  # smtplib's own errors are of this kind too
            self._lost, self._why = self._patience, str(error)
            raise NoMailServer(self._why) from error

    def check(self) -> None:
        """NoMailServer where it is known that the server does not answer."""
        if self._lost >= self._patience:
            raise NoMailServer(self._why)

    def send(self, letter: EmailMessage) -> None:
        """Raises whatever the mail backend raises, and NoMailServer as `open` does."""
        self.open()
        try:
            self._connection.send_messages([letter])
        except _REFUSED:
            raise
        except Exception as error:
            self.close()
            self._lost, self._why = self._lost + 1, str(error)
            raise
        self._lost = 0

    def close(self) -> None:
        self._connection.close()


_shared: ContextVar[Mailing | None] = ContextVar("mailing", default=None)


@contextmanager
def one_connection(patience: int = PATIENCE) -> Iterator[Mailing]:
    """The connection of whoever asked for one further out, else a new one that is closed at the end."""
    outer = _shared.get()
    if outer is not None:
        yield outer
        return
    mailing = Mailing(patience)
    token = _shared.set(mailing)
    try:
        yield mailing
    finally:
        _shared.reset(token)
        mailing.close()
