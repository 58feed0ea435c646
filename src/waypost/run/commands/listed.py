"""The list of commands: where each lies, and its help. A command's module is loaded only when it is used."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Listed:
    """One command: its words, where it lies, what it does, what else to know, and examples."""

    words: str
    place: str
    does: str
    note: str
    examples: tuple[str, ...]

    @property
    def help(self) -> str:
        """The text of --help; its first line is also the command's line in the list."""
        examples = "\n".join(f"    {example}" for example in self.examples)
        return f"{self.does}\n\n{self.note}\n\nTry:\n\n{examples}"


LIST = (
    Listed(
        "serve",
        "serve:serve",
        "Run Waypost: the workspace, the collector and the rounds.",
        "On the first start with --sample, a made-up company with its customers is loaded to look around in.",
        ("waypost serve", "waypost serve --sample --data /var/lib/waypost"),
    ),
    Listed(
        "import",
        "imports:import_files",
        "Take in files of events, logs and rows.",
        "A file taken in twice changes nothing: every event is stored once.",
        (
            "waypost import events.ndjson --source product",
            "waypost import access.log access.log.1.gz --source web --format apache-combined",
            "waypost import contracts.csv --source crm --dry-run",
            "waypost import contracts.csv --source crm --mapping contracts.yaml",
        ),
    ),
    Listed(
        "imported list",
        "imported:list_imported",
        "List the files that were taken in.",
        "The newest first, with what became of each.",
        ("waypost imported list", "waypost imported list --most 5"),
    ),
    Listed(
        "imported undo",
        "imported:undo_import",
        "Take a whole import back.",
        "Its events are put aside and hold no longer; the file may be imported again.",
        ("waypost imported undo 3",),
    ),
    Listed(
        "tail",
        "tail:tail",
        "Follow log files line by line until it is stopped.",
        "Whatever rotates, truncates or kills: it goes on where it was. A source follow does so inside Waypost.",
        (
            "waypost tail /var/log/nginx/access.log --source web",
            "waypost tail '/srv/*/logs/access.log' --source web --from-end",
        ),
    ),
    Listed(
        "syslog",
        "syslog:syslog",
        "Hear lines of logs by syslog until it is stopped.",
        "TCP and UDP, from this machine unless --host says otherwise; nobody who can reach the port needs a key.",
        (
            "waypost syslog --source web --format nginx-log --written '$remote_addr …'",
            "waypost syslog --source shop --host 10.0.0.5 --port 5514",
        ),
    ),
    Listed(
        "apply",
        "definitions:apply",
        "Put a folder of definitions in force.",
        "It first shows what would change, and asks.",
        ("waypost apply definitions", "waypost apply definitions --yes"),
    ),
    Listed(
        "export",
        "definitions:export",
        "Write the definitions in force into a folder.",
        "Applying the folder again changes nothing.",
        ("waypost export definitions",),
    ),
    Listed(
        "erase",
        "erasing:erase",
        "Take a person out of every table, for ever.",
        "Only a count remains. Backups made before still hold them.",
        ("waypost erase u104763", "waypost erase u104763 --yes"),
    ),
    Listed(
        "round",
        "rounds:run_round",
        "Do one round now.",
        "Takes in what waits, judges, and decides. A running Waypost does so all the time.",
        ("waypost round",),
    ),
    Listed(
        "replay",
        "rounds:replay",
        "Drop and rebuild everything that is derived.",
        "It comes out the same; use it after a change of the time zone, or to be sure.",
        ("waypost replay",),
    ),
    Listed(
        "learn",
        "rounds:learn",
        "Work out anew what history teaches.",
        "Odds, how early strays are sensed, and what goes with staying. A running Waypost does so once a day.",
        ("waypost learn",),
    ),
    Listed(
        "sql",
        "sql:sql",
        "Answer one SELECT; nothing can be changed by it.",
        "It reads events and everything derived from them.",
        (
            'waypost sql "show tables"',
            'waypost sql "select band, count(*) from scores group by all"',
            'waypost sql "from events" --format parquet > events.parquet',
        ),
    ),
    Listed(
        "backup",
        "backups:backup",
        "Write everything into one file.",
        "Events are accepted meanwhile. Keep it safe: it holds personal data, and the key to secrets.",
        ("waypost backup waypost-monday.tar.gz",),
    ),
    Listed(
        "restore",
        "backups:restore",
        "Make a data folder of a backup.",
        "The folder must not hold a Waypost yet; what is restored is checked first.",
        ("waypost restore waypost-monday.tar.gz --data restored",),
    ),
    Listed(
        "doctor",
        "doctor:doctor",
        "Check this Waypost and say what to do.",
        "Data folder, disk, clock, e-mail, sources and versions; the exit code is 1 when something is wrong.",
        ("waypost doctor",),
    ),
    Listed(
        "migrate",
        "migrate:migrate",
        "Bring the tables of the data folder up to date.",
        "Starting Waypost does so too; this is for doing it beforehand.",
        ("waypost migrate",),
    ),
    Listed(
        "key create",
        "keys:create",
        "Make a write key and print it, this once.",
        "Only its hash is kept.",
        ("waypost key create web", "waypost key create billing --source billing-service"),
    ),
    Listed(
        "key list",
        "keys:list_keys",
        "List the write keys.",
        "Of each key only the beginning is kept in plain.",
        ("waypost key list",),
    ),
    Listed(
        "key revoke",
        "keys:revoke",
        "Take a write key out of force.",
        "Within two seconds the collector refuses it.",
        ("waypost key revoke web",),
    ),
    Listed(
        "member add",
        "members:add",
        "Add somebody who may sign in.",
        "A password is made and printed, this once.",
        (
            'waypost member add ada@acme.example --name "Ada Byron" --role owner',
            "waypost member add ben@acme.example --ask-password",
        ),
    ),
    Listed(
        "member list",
        "members:list_members",
        "List who can sign in.",
        "Passwords are kept as hashes only.",
        ("waypost member list",),
    ),
    Listed(
        "refused list",
        "refused:list_refused",
        "List what was refused by source and reason.",
        "Samples are kept for 7 days, 500 of each source; of what was refused before them only the count is.",
        ("waypost refused list", "waypost refused list --source segment:web"),
    ),
    Listed(
        "refused replay",
        "refused:replay_refused",
        "Send what was refused through the door again.",
        "For when a rule has been mended. What is accepted leaves the quarantine; nothing is stored twice.",
        ("waypost refused replay", "waypost refused replay --source segment:web --reason wrong_origin"),
    ),
    Listed(
        "source preview",
        "sources:preview",
        "Show what the first rows of a database would become.",
        "Nothing is kept: neither the address nor a row.",
        (
            "waypost source preview --url sqlite:////srv/product.db --query runs.sql --mapping runs.yaml",
            "waypost source preview --url - --query q.sql --mapping q.yaml",
        ),
    ),
    Listed(
        "source add",
        "sources:add",
        "Ask a database again and again for what is new.",
        "It is only read. The mapping says which column is the time, the person, the account, the cursor and the key.",
        (
            "waypost source add product-db --url sqlite:////srv/product.db --query runs.sql --mapping runs.yaml",
            "waypost source add billing --url - --query q.sql --mapping q.yaml --every-minutes 5",
        ),
    ),
    Listed(
        "source run",
        "sources:run",
        "Ask a source now.",
        "What was read before is not stored again.",
        ("waypost source run product-db",),
    ),
    Listed(
        "source list",
        "sources:list_sources",
        "List the databases that are asked.",
        "Their addresses are kept encrypted and are never shown.",
        ("waypost source list",),
    ),
    Listed(
        "source remove",
        "sources:remove",
        "Ask a source no more.",
        "The events that came from it stay.",
        ("waypost source remove product-db",),
    ),
    Listed(
        "source follow",
        "follow:follow",
        "Follow log files for a source while Waypost runs.",
        "As waypost tail does, from every start on; files that are followed for the source already are replaced.",
        (
            "waypost source follow /var/log/nginx/access.log --source web",
            "waypost source follow '/srv/*/logs/access.log' --source web --from-end",
        ),
    ),
    Listed(
        "source followed",
        "follow:list_followed",
        "List the files that are followed.",
        "With how far behind they are, and what stands in the way.",
        ("waypost source followed",),
    ),
    Listed(
        "source unfollow",
        "follow:unfollow",
        "Follow the files of a source no more.",
        "What was taken in stays; followed again, they are read on from there.",
        ("waypost source unfollow web",),
    ),
    Listed(
        "source secret",
        "signing:secret",
        "Give a source the secret that its senders sign with.",
        "Typed unseen or read from standard input; a line each while a sender changes it. Kept sealed, never shown.",
        ("waypost source secret support", "waypost source secret support --remove"),
    ),
    Listed(
        "source secrets",
        "signing:list_secrets",
        "List which sources have a secret.",
        "The secrets themselves are never shown.",
        ("waypost source secrets",),
    ),
)
