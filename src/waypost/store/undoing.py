"""Undoing an import: its events are put aside, and hold no longer."""

from waypost.store.facts import look_up_anew
from waypost.store.warehouse import Writer


def undo_import(writer: Writer, import_id: int) -> int:
    """Put the events of an import aside and return how many lie there; what is derived is to be derived anew then.

    Events that another import or anybody else said, too, stay and are theirs. Done twice, it changes nothing more.
    """
    asked = {"import_id": import_id}
    writer.run("facts/undo_1_unsay", asked)
    writer.run("facts/undo_2_leave", asked)
    writer.run("facts/undo_3_settle")
    if writer.run("facts/undo_4_aside", asked):
        # It knows where events are that will not be there.
        writer.register.forget()
        writer.run("facts/undo_5_take", asked)
        look_up_anew(writer)
    return int(writer.ask("facts/undone_count", asked).item())
