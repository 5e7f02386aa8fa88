package dev.waitress.connection;

/** What an attempt to read or to send has come to. */
enum Outcome {
    NOTHING,
    /** Something has moved. */
    SOME,
    /** The client is gone, or cannot be served any more. */
    BROKEN
}
