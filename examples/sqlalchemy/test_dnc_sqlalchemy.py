#!/usr/bin/env python3
"""Tests of dnc_sqlalchemy. They create tables in the database of PGDATABASE, PGHOST, PGUSER …

DRIVER=psycopg takes psycopg 3 instead of psycopg2.
"""
import os
import unittest

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Text, create_engine, func, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session, declarative_base
from sqlalchemy.orm.exc import FlushError

from dnc_sqlalchemy import GuardError, Phone, guard_error

Base = declarative_base()
engine = create_engine("postgresql+%s://" % os.environ.get("DRIVER", "psycopg2"))
SUPPRESSED = "+44 20 7946 0950"


class Country(Base):
    __tablename__ = "country"
    id = Column(BigInteger, primary_key=True)
    iso2 = Column(Text, nullable=False)


class Lead(Base):
    """The number as somebody typed it; the country is a row of another table."""

    __tablename__ = "lead"
    id = Column(BigInteger, Identity(), primary_key=True)
    country_id = Column(ForeignKey(Country.id))
    phone = Column(Text)
    status = Column(Text)


class QueuedCall(Base):
    __tablename__ = "queued_call"
    id = Column(BigInteger, Identity(), primary_key=True)
    phone = Column(Phone, nullable=False)


class CallableCall(Base):
    """A view of the database; nothing is written through it."""

    __tablename__ = "callable_call"
    __table_args__ = {"info": {"is_view": True}}
    id = Column(BigInteger, primary_key=True)
    phone = Column(Phone)


class Skipping(Base):
    """A queue whose guard is in mode skip."""

    __tablename__ = "skipping"
    id = Column(BigInteger, Identity(), primary_key=True)
    phone = Column(Phone)


def setUpModule():
    with engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS dnc"))
        tables = [t for t in Base.metadata.sorted_tables if "is_view" not in t.info]
        Base.metadata.create_all(connection, tables)
        for statement in [
            "SELECT dnc_attach('lead', '{phone}'::text[], region_path => 'country_id.iso2',"
            " unreadable => 'flag', flag_column => 'status')",
            "SELECT dnc_attach('queued_call', '{phone}'::text[])",
            "SELECT dnc_attach('skipping', '{phone}'::text[], mode => 'skip')",
            "SELECT dnc_create_view('callable_call', 'queued_call', '{phone}'::text[])",
            "SELECT dnc_add(phone => '%s', source => 'web_form')" % SUPPRESSED,
            "INSERT INTO country VALUES (1, 'GB'), (2, 'DE')",
        ]:
            connection.execute(text(statement))


class Numbers(unittest.TestCase):
    def setUp(self):
        self.session = Session(engine)
        self.addCleanup(self.session.close)

    def refused(self, row):
        """What the guard reports for a row; the transaction goes on."""
        with self.assertRaises(IntegrityError) as raised, self.session.begin_nested():
            self.session.add(row)
            self.session.flush()
        return guard_error(raised.exception)

    def test_column(self):
        """Whatever the spelling, it is read back in E.164 form, and found by every spelling."""
        self.session.add(QueuedCall(phone="+44 20 7946 0018"))
        self.session.flush()
        self.session.expire_all()
        found = select(QueuedCall).where(QueuedCall.phone == "+44 (0)20 7946 0018")
        self.assertEqual(self.session.scalars(found).one().phone, "+442079460018")
        clear = select(func.dnc_is_clear(QueuedCall.phone))
        self.assertIs(self.session.scalar(clear), True)

    def test_text_that_is_no_number(self):
        with self.assertRaises(DataError) as raised:
            self.session.add(QueuedCall(phone="call me"))
            self.session.flush()
        self.assertIsNone(guard_error(raised.exception))

    def test_guard(self):
        error = self.refused(QueuedCall(phone=SUPPRESSED))
        self.assertIsInstance(error, GuardError)
        self.assertEqual(
            (error.code, error.schema, error.table, error.column),
            ("suppressed", "public", "queued_call", "phone"),
        )
        self.assertNotIn("9460950", error.message + str(error.detail))

    def test_guard_that_follows_a_foreign_key(self):
        self.assertEqual(self.refused(Lead(country_id=1, phone="020 7946 0950")).column, "phone")
        leads = [
            (Lead(country_id=2, phone="020 7946 0950"), "clear"),
            (Lead(country_id=1, phone="+1234567890"), "unreadable"),
            (Lead(country_id=1, phone=""), "missing"),
        ]
        for lead, status in leads:
            self.session.add(lead)
            self.session.flush()
            self.session.refresh(lead)
            self.assertEqual(lead.status, status)

    def test_none_is_not_permission(self):
        """dnc_check of an unreadable number is None, and `not None` is true."""
        number = func.dnc_try_parse("call me", "GB")
        self.assertIsNone(self.session.scalar(select(func.dnc_check(number))))
        self.assertIs(self.session.scalar(select(func.dnc_is_clear(number))), False)

    def test_mode_skip_is_not_for_an_orm(self):
        """It reads the inserted row back, and there is none."""
        self.session.add(Skipping(phone=SUPPRESSED))
        with self.assertRaises(FlushError):
            self.session.flush()

    def test_two_dialers(self):
        """Each reads a row of its own through the view; neither waits."""
        with Session(engine) as setup, setup.begin():
            setup.add_all([QueuedCall(phone="+442079460018"), QueuedCall(phone="+442079460019")])
        take = select(CallableCall).order_by(CallableCall.id).limit(1).with_for_update(skip_locked=True)
        with Session(engine) as one, Session(engine) as two, Session(engine) as three:
            phones = [session.scalars(take).one().phone for session in (one, two)]
            self.assertEqual(phones, ["+442079460018", "+442079460019"])
            self.assertIsNone(three.scalars(take).first())


class Asyncio(unittest.IsolatedAsyncioTestCase):
    """asyncpg reports a guard's error in its own way."""

    async def test_guard(self):
        async_engine = create_async_engine("postgresql+asyncpg://")
        async with async_engine.connect() as connection:
            with self.assertRaises(DBAPIError) as raised:
                await connection.execute(QueuedCall.__table__.insert().values(phone=SUPPRESSED))
        await async_engine.dispose()
        error = guard_error(raised.exception)
        self.assertEqual(
            (error.code, error.table, error.column), ("suppressed", "queued_call", "phone")
        )
        self.assertIn("internal", error.detail)


if __name__ == "__main__":
    unittest.main()
