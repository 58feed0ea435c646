"""What pages and commands do alike to sources: follow files for them, and keep what their senders sign with."""

from pathlib import Path

from waypost.collect import Gathering, named_by, preview_lines
from waypost.core import ImportRefusedError
from waypost.run.following import Files, follow_of
from waypost.run.secret import SIGNATURES, secret_of
from waypost.run.workspace import Workspace
from waypost.show import LogFiles
from waypost.store import Followed, FollowedFiles, SigningSecrets, SourceChanges


def signing_secrets(workspace: Workspace) -> SigningSecrets:
    """Return what the senders of a workspace's sources sign with; it is sealed with the workspace's secret."""
    return SigningSecrets(workspace.operations, secret_of(workspace.folder).for_purpose(SIGNATURES))


def put_secret(workspace: Workspace, source: str, secret: str | None, *, by: str) -> None:
    """Keep what a source is signed with; None takes it away."""
    if secret is None:
        signing_secrets(workspace).remove(source)
    else:
        signing_secrets(workspace).put(source, secret, now=workspace.now)
    act = "took its signing secret away" if secret is None else "set its signing secret"
    SourceChanges(workspace.operations).note(source, act, by=by, now=workspace.now)


def follow_files(workspace: Workspace, asked: Files, *, by: str) -> str:
    """Have files followed from now on; return their format. Raises ImportRefusedError when they are not in it."""
    follow = follow_of(asked)
    Followed(workspace.operations).put(
        FollowedFiles(
            source=asked.source,
            patterns=list(asked.patterns),
            format=follow.file_format.format,
            zone=asked.zone,
            written=asked.written,
            from_end=asked.from_end,
            created_at=workspace.now,
        )
    )
    SourceChanges(workspace.operations).note(asked.source, "had files followed", by=by, now=workspace.now)
    return follow.file_format.format


class FollowsOf:
    """Looks into files and follows them, for pages."""

    def __init__(self, workspace: Workspace) -> None:
        """Follow for a workspace."""
        self._workspace = workspace

    def preview(self, files: LogFiles, /, *, most: int) -> list[tuple[bytes, Gathering]]:
        """Return the first lines of the first file that is there, each with what it would become."""
        follow = follow_of(_asked(files))
        rules = self._workspace.keeper.rules_of(files.source)
        written = follow.file_format._replace(means=rules.log) if rules else follow.file_format
        return preview_lines(
            _first(files.patterns), written, source=files.source, now=self._workspace.now, most=most
        )

    def follow(self, files: LogFiles, /, *, by: str) -> None:
        """Have them followed from now on."""
        follow_files(self._workspace, _asked(files), by=by)


def _asked(files: LogFiles) -> Files:
    return Files(
        source=files.source,
        patterns=files.patterns,
        format=files.format,
        zone=files.zone,
        written=files.written,
        from_end=files.from_end,
    )


def _first(patterns: tuple[str, ...]) -> Path:
    there = (each for pattern in patterns for each in named_by(pattern) if each.is_file())
    found = next(there, None)
    if found is None:
        raise ImportRefusedError("there is no such file yet; nothing can be shown of it")
    return found
