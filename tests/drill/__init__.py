"""The drill: what runs is killed under load, the disk is filled, a backup is restored, and what must hold is seen."""
