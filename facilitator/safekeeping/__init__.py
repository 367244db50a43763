"""Nothing is lost: snapshots, backups, restoring, checking, and a start that looks before it leaps."""
