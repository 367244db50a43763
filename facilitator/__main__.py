"""`python -m facilitator` is the `facilitator` command."""

from gevent import monkey

# First thing of all: everything imported after this waits without blocking the room.
monkey.patch_all()

from facilitator.cli import main  # noqa: E402

main()
