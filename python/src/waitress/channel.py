"""Client connections are Java's: programs that ask ``isinstance(entry, HTTPChannel)`` find none in a server's map."""


class HTTPChannel:
    """There is none in Python. Importing it is harmless; making or extending one is refused."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError(
            "HTTPChannel: client connections are Java's; docs/python.md says what a program can see"
        )

    def __init_subclass__(cls, **_: object) -> None:
        raise NotImplementedError("HTTPChannel: client connections are Java's and cannot be extended in Python")
