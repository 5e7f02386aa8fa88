package dev.waitress.http;

/** Every reason for which the server itself refuses a request: status, reason phrase, and the text of the answer. */
public enum Rule {
    /** CR or LF alone where only CR LF ends a line. RFC 9112 §2.2. */
    BARE_CR_OR_LF(Status.BAD_REQUEST, "Bare CR or LF found in HTTP message"),
    /** The same inside a header line. RFC 9112 §2.2. */
    BARE_CR_OR_LF_IN_FIELD(Status.BAD_REQUEST, "Bare CR or LF found in header line \"%s\""),
    /** White space before the first header field. RFC 9112 §2.2. */
    LEADING_WHITE_SPACE(Status.BAD_REQUEST, "Malformed header line \"%s\""),
    /** Not {@code field-name ":" OWS field-value OWS}, or folded. RFC 9112 §5. */
    FIELD_SYNTAX(Status.BAD_REQUEST, "Invalid header"),
    /** More than one of a field that may come once. RFC 9110 §5.3, RFC 9112 §3.2. */
    DUPLICATE_FIELD(Status.BAD_REQUEST, "Duplicate header: %s"),
    /** Not {@code method SP request-target SP HTTP-version}. RFC 9112 §3. */
    START_LINE(Status.BAD_REQUEST, "Start line is invalid"),
    /** A method with lower-case letters, which no registered method has. RFC 9110 §9.1. */
    METHOD_CASE(Status.BAD_REQUEST, "Malformed HTTP method \"%s\""),
    /** Not one of the forms of RFC 9112 §3.2. */
    TARGET(Status.BAD_REQUEST, "Bad URI"),
    /** HTTP/1.1 without Host. RFC 9112 §3.2. */
    HOST_MISSING(Status.BAD_REQUEST, "Host header is missing"),
    /** Not {@code uri-host [":" port]}. RFC 9110 §7.2. */
    HOST_SYNTAX(Status.BAD_REQUEST, "Host header is invalid"),
    /** Not digits, or behind zeros without end. RFC 9110 §8.6. */
    CONTENT_LENGTH(Status.BAD_REQUEST, "Content-Length is invalid"),
    /** Empty, or in HTTP/1.0. RFC 9112 §6.1. */
    TRANSFER_ENCODING(Status.BAD_REQUEST, "Transfer-Encoding is invalid"),
    /** Chunked more than once. RFC 9112 §6.1. */
    CHUNKED_TWICE(Status.BAD_REQUEST, "Transfer-Encoding is invalid. Multiple chunked encodings requested."),
    /** A coding other than chunked. RFC 9112 §6.1. */
    UNKNOWN_CODING(Status.NOT_IMPLEMENTED, "Transfer-Encoding requested is not supported."),
    /** Not hex digits, or a size line that is too long. RFC 9112 §7.1. */
    CHUNK_SIZE(Status.BAD_REQUEST, "Invalid chunk size"),
    /** Not {@code chunk-ext}, or with white space around its parts. RFC 9112 §7.1.1. */
    CHUNK_EXTENSION(Status.BAD_REQUEST, "Invalid chunk extension"),
    /** No CR LF after the data of a chunk. RFC 9112 §7.1. */
    CHUNK_END(Status.BAD_REQUEST, "Chunk not properly terminated"),
    /** A trailer field that is not header syntax. RFC 9112 §7.1.2. */
    TRAILER(Status.BAD_REQUEST, "Invalid trailer"),
    /** A trusted proxy sent what it should not. RFC 7239 §4. */
    PROXY_HEADER(Status.BAD_REQUEST, "Header \"%s\" malformed."),
    /** Not encrypted, where all clients have to encrypt. RFC 9110 §4.2.2. */
    NOT_ENCRYPTED(Status.BAD_REQUEST, "This port speaks HTTPS: the URL has to begin with https://"),
    /** A tunnel, which an origin server does not open. RFC 9110 §9.3.6. */
    CONNECT(Status.NOT_IMPLEMENTED, "CONNECT is not supported"),
    /** A major version other than 1. RFC 9110 §15.6.6. */
    VERSION(Status.HTTP_VERSION_NOT_SUPPORTED, "HTTP version is not supported"),
    /** The disk is full, most likely. RFC 4918 §11.5. */
    BODY_NOT_STORED(Status.INSUFFICIENT_STORAGE, "The server cannot store the request body"),
    /** Heads, bodies and output of all clients leave no room for another head. RFC 9110 §15.6.4. */
    NO_MEMORY(Status.SERVICE_UNAVAILABLE, "The server is short of memory"),
    /** RFC 9110 §15.5.9. */
    HEAD_TOO_SLOW(Status.REQUEST_TIMEOUT, "The request head did not arrive in time"),
    /** RFC 9110 §15.5.9. */
    BODY_TOO_SLOW(Status.REQUEST_TIMEOUT, "The request body arrived too slowly"),
    /** RFC 9112 §3, RFC 9110 §15.5.15. */
    LINE_TOO_LONG(Status.URI_TOO_LONG, "exceeds max_request_line of %s"),
    /** RFC 6585 §5. */
    HEAD_TOO_LARGE(Status.FIELDS_TOO_LARGE, "exceeds max_header of %s"),
    /** RFC 6585 §5. */
    TOO_MANY_FIELDS(Status.FIELDS_TOO_LARGE, "exceeds max_request_headers of %s"),
    /** RFC 6585 §5. */
    TRAILER_TOO_LARGE(Status.FIELDS_TOO_LARGE, "exceeds max_trailer of %s"),
    /** RFC 9110 §15.5.14. */
    BODY_TOO_LARGE(Status.CONTENT_TOO_LARGE, "exceeds max_body of %s");

    private final Status status;
    private final String text;

    Rule(Status status, String text) {
        this.status = status;
        this.text = text;
    }

    public Status status() {
        return status;
    }

    /** The text of the answer, with the detail where the rule has a place for one. */
    public String text(String detail) {
        return text.replace("%s", detail);
    }
}
