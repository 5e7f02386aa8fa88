"""All applications without a framework in one, by path: a server starts once for all of them."""

import file
import hello
import large
import page
import sized
import sleeping
import streamed
import upload

_BY_PATH = {
    "/": hello.app,
    "/file": file.app,
    "/large": large.app,
    "/page": page.app,
    "/sleep": sleeping.app,
    "/stream": streamed.app,
    "/upload": upload.app,
}


def app(environ, start_response):
    """Call the application at the path; any other path is a number of bytes."""
    return _BY_PATH.get(environ["PATH_INFO"], sized.app)(environ, start_response)
