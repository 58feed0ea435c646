"""An instant in an operational table: aware and in UTC outside, plain microseconds of UTC inside."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class Instant(sa.TypeDecorator[datetime]):
    """A column of instants; an instant without a zone is refused, since nobody could say when it was."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Turn an aware instant into plain UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; instants are aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- as above
        """Turn plain UTC back into an aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)
