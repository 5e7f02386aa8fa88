package dev.waitress.http;

/** How a client learns where the body of an answer ends. RFC 9110 §6.4 and §8.6. */
public enum BodyLength {
    /** There is no body: the status has none, or only the head was asked for and its length is stated there. */
    NONE,
    /** The head states it. */
    STATED,
    /** Nobody knows it before the end. */
    OPEN,
    /** Nobody knows it, and only the head was asked for. */
    OMITTED
}
