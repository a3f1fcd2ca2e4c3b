"""What can be wrong with a configuration or the stores it names, told to the person who administers the program.

The text of each is for an administrator: what is the matter, and what to do about it.
"""

OWN_SERVERS = "set TOHOTRO_DATABASE_URL and TOHOTRO_REDIS_URL to servers of your own"

_REMEDIES = (
    ("no space left on device", "the disk is full: free some space where the data folder lies, then start again"),
    (
        "read-only file system",
        "the data folder lies on a read-only disk: set TOHOTRO_DATA_DIR to one that can be written",
    ),
    ("cannot allocate memory", "there is not enough memory: end other programs, or use a machine with 512 MB free"),
    ("could not create shared memory", "the system gives no shared memory: raise its limit, or " + OWN_SERVERS),
    (
        "incompatible with server",
        "the data folder was made by another version of PostgreSQL: restore a backup into a new data folder",
    ),
    ("wrong ownership", "the data folder belongs to another user: run as that user, or give the folder to this one"),
    ("permission denied", "a file belongs to another user: run as that user, or give the data folder to this one"),
    (
        "bad file format reading the append only file",
        "the queue's file is damaged: move the folder 'valkey' away and start again; no message is lost by that",
    ),
)


class ConfigError(Exception):
    """A sentence that says what is wrong, and a remedy. Print it without a traceback."""


class StoresError(ConfigError):
    """PostgreSQL or Redis could not be started or reached."""


class StoresBusyError(StoresError):
    """Another living process holds the data folder, so this one may not start servers in it."""


def explain(what: str, said: str) -> str:
    """A sentence for an administrator: `what` failed, the remedy when it is known, and what the server `said` last."""
    lowered = said.lower()
    last = " / ".join(line.strip() for line in said.splitlines()[-4:] if line.strip()) or "nothing"
    for sign, remedy in _REMEDIES:
        if sign in lowered:
            return f"{what}: {remedy}. (It said: {last})"
    return f"{what}. It said: {last}. If this stays, {OWN_SERVERS}."
