"""The PostgreSQL extension dnc with SQLAlchemy 1.4 or 2 and psycopg2, psycopg 3 or asyncpg: copy this file.

    class QueuedCall(Base):
        __tablename__ = "queued_call"
        id = Column(BigInteger, primary_key=True)
        phone = Column(Phone, nullable=False)

    try:
        session.commit()
    except DBAPIError as error:
        session.rollback()
        refused = guard_error(error)
        if refused is None:
            raise
        print(refused.code, refused.table, refused.column)

In queries, func.dnc_is_clear(QueuedCall.phone) is true only where contact is allowed, and never None.
"""
from dataclasses import dataclass
from typing import Optional

from sqlalchemy.types import UserDefinedType

CODES = {
    "23N01": "suppressed",
    "23N02": "unreadable",
    "23N03": "region_missing",
    "23N04": "undecided",
    "23N05": "list_unknown",
}


class Phone(UserDefinedType):
    """A telephone number in a column of type dnc_phone; in Python a text in E.164 form, such as +442079460018."""

    cache_ok = True

    def get_col_spec(self, **kwargs):
        return "dnc_phone"

    def bind_processor(self, dialect):
        # There is no empty number; what a form or a file leaves blank is NULL.
        return lambda value: value or None


@dataclass(frozen=True)
class GuardError:
    """Why a guard refused a row. Numbers in message and detail are masked."""

    code: str
    schema: Optional[str]
    table: Optional[str]
    column: Optional[str]
    message: str
    detail: Optional[str]


def diagnostics(error):
    """The fields of the database's error: psycopg has them in an object, asyncpg in its exception."""
    return getattr(error.orig, "diag", error.orig.__cause__)


def sqlstate(error):
    """The SQLSTATE of a DBAPIError; None if the database did not report one."""
    return getattr(diagnostics(error), "sqlstate", None)


def guard_error(error):
    """What a guard reported; None for every other error.

    With psycopg the error is an IntegrityError. asyncpg does not know the class of an SQLSTATE that is new to it, and
    then it is only a DBAPIError.
    """
    code = CODES.get(sqlstate(error))
    if code is None:
        return None
    fields = diagnostics(error)
    return GuardError(
        code,
        fields.schema_name,
        fields.table_name,
        fields.column_name,
        fields.message_primary if hasattr(fields, "message_primary") else fields.message,
        fields.message_detail if hasattr(fields, "message_detail") else fields.detail,
    )
