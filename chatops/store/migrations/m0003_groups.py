"""In which groups of an identity provider a changing call was asked for: they may have brought the role for it."""

from sqlalchemy import Column, Connection, MetaData, Table, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler


class _AddColumn(ExecutableDDLElement):
    """A new column of a table that exists; SQLAlchemy has no statement for it."""

    def __init__(self, column: Column[str]) -> None:
        self.column = column


@compiles(_AddColumn)
def _add_column(element: _AddColumn, compiler: DDLCompiler, **_: object) -> str:
    table = compiler.preparer.format_table(element.column.table)
    return f"ALTER TABLE {table} ADD COLUMN {compiler.get_column_specification(element.column)}"


def apply(connection: Connection) -> None:
    """Add the column to ``operations``."""
    column = Column("asker_groups", Text)
    Table("operations", MetaData(), column)
    connection.execute(_AddColumn(column))
