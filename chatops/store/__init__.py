"""What must survive a crash: tables, transactions, migrations, and the keys that guard them."""

from chatops.store.clock import now, wall_clock
from chatops.store.database import Database
from chatops.store.keys import Key, Keyring
from chatops.store.opening import open_database

__all__ = ["Database", "Key", "Keyring", "now", "open_database", "wall_clock"]
