"""What ``ps`` and ``top`` show as the name of a process, where the system lets it have one."""

from io import open  # noqa: A004 -- bound before the application can put another one in its place

#: Linux shows 15 bytes of a name.
_NAME = "/proc/self/comm"


def show(role: str) -> None:
    """Name this process by its role in the server."""
    try:
        with open(_NAME, "wb") as name:
            name.write("waitress: {}".format(role).encode("ascii"))
    except EnvironmentError:
        pass  # another system, or one that keeps this from its processes
