"""Every act that a running Waypost does when a command asks for it."""

from typing import Any

from waypost.run.act import Act
from waypost.run.commands import (
    backups,
    definitions,
    doctor,
    erasing,
    follow,
    imported,
    imports,
    keys,
    members,
    migrate,
    refused,
    rounds,
    signing,
    sources,
    sql,
)
from waypost.run.workspace import Workspace

ACTS: dict[str, Act[Workspace, Any, Any]] = {
    act.name: act
    for act in (
        backups.BACKUP,
        definitions.PLAN,
        definitions.APPLY,
        definitions.EXPORT,
        doctor.EXAMINE,
        erasing.ERASE,
        follow.FOLLOW,
        follow.LISTED,
        follow.UNFOLLOW,
        imported.LISTED,
        imported.UNDO,
        imports.IMPORT,
        imports.TRY,
        keys.CREATE,
        keys.LIST,
        keys.REVOKE,
        members.ADD,
        members.LIST,
        migrate.MIGRATE,
        refused.LISTED,
        refused.REPLAY,
        rounds.ROUND,
        rounds.REPLAY,
        rounds.LEARN,
        signing.LIST,
        signing.PUT,
        sources.ADD,
        sources.LISTED,
        sources.PREVIEW,
        sources.REMOVE,
        sources.RUN,
        sql.LOOK,
    )
}
