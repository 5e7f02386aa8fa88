package dev.waitress.http1;

import java.nio.ByteBuffer;

/** Takes one body out of the bytes that follow its head. */
interface Receiver {
    /** The next piece of the body, the end of the request, a refusal, or that all bytes are consumed. */
    ParseStep feed(ByteBuffer in);
}
