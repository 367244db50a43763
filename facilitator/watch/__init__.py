"""How the program is: for machines that watch it, and for the facilitator in her words."""
