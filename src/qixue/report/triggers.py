"""The database itself refuses to change or delete a seal with its files, what people wrote, or what a city has sent."""

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

from qixue.core.insert_only import allow_changes, refuse_changes

Tables = Mapping[str, tuple[str, str]]  # the short name of each, and the sentence that refuses
SEALED = "seals are never changed or deleted"
RECEIVED = "province returns are never changed or deleted"
WRITTEN = "texts and comments are never changed or deleted, a new one is added"
SEALS: Tables = {"report_seal": ("seal", SEALED), "report_sealedfile": ("sealed_file", SEALED)}
TEXTS: Tables = {
    "report_sectionversion": ("section_version", WRITTEN),
    "report_sectioncomment": ("section_comment", WRITTEN),
    "report_commentanswer": ("comment_answer", WRITTEN),
}
RETURNS: Tables = {"report_provincereturn": ("province_return", RECEIVED)}
ALL: Tables = {**SEALS, **TEXTS, **RETURNS}


def install(connection: BaseDatabaseWrapper, tables: Tables = SEALS) -> None:
    """Set the triggers, replacing any that are there. Raises KeyError for a database that Qixue does not support."""
    for table, (name, sentence) in tables.items():
        refuse_changes(connection, table, name=name, sentence=sentence)


def remove(connection: BaseDatabaseWrapper, tables: Tables = SEALS) -> None:
    """Take the triggers away: for emptying a test database, never while a city works."""
    for table, (name, _sentence) in tables.items():
        allow_changes(connection, table, name=name)
