"""Guards and views as operations of migrations, which can be reversed.

Arguments are those of dnc_attach and dnc_create_view, by name.
"""
from django.db import migrations


def attach_guard(table, phone_columns, channel="voice", **arguments):
    """Guards the columns of a table for a channel; backwards, detaches the guard."""
    return migrations.RunSQL(
        sql=[call("dnc_attach", table, phone_columns, channel=channel, **arguments)],
        reverse_sql=[("SELECT dnc_detach(%s::regclass, %s)", [table, channel])],
    )


def create_view(view, table, phone_columns, **arguments):
    """Creates a view of the table's callable rows; backwards, drops it. An unmanaged model reads it."""
    return migrations.RunSQL(
        sql=[call("dnc_create_view", table, phone_columns, view_name=view, **arguments)],
        reverse_sql=[("DROP VIEW %s" % view, None)],
    )


def reverse(operation):
    """The operation the other way round: detaches the guard, drops the view.

    A column that has a guard is renamed between reverse(attach_guard(…)) and attach_guard(…); one that a view shows
    gets another type between reverse(create_view(…)) and create_view(…).
    """
    return migrations.RunSQL(operation.reverse_sql, operation.sql)


def call(function, table, phone_columns, **arguments):
    given = "".join(", %s => %%s" % name for name in arguments)
    sql = "SELECT %s(relation => %%s::regclass, phone_columns => %%s::text[]%s)" % (function, given)
    return sql, [table, "{%s}" % ",".join(phone_columns), *arguments.values()]
