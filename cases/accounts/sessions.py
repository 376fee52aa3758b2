"""Sessions as Django keeps them in the database, read as every request reads one: by a text that is made once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from cases import clock
from cases.statements import Statement


class SessionStore(db.SessionStore):
    """As Django's. Whatever ends a session, or changes it, counts from the next request on."""

    def _get_session_from_db(self) -> Session | None:
        # An expiry is a moment of the real clock, as Django writes it.
        for found in _SESSIONS.rows(None, key=self.session_key or "", at=clock.real()):
            return found
        self._session_key = None
        return None


_SESSIONS = Statement(lambda nobody, *, key, at: Session.objects.filter(session_key=key, expire_date__gt=at))
