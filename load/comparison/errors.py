"""What can go wrong in a way that the user should read in one line."""


class UsageError(Exception):
    """The comparison cannot start at all."""


class RunError(Exception):
    """One run failed; the others go on."""
