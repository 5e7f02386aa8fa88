package dev.waitress.connection;

/** What a client speaks on a connection, as far as that is known. */
enum Language {
    /** Nothing yet: it connects, a handshake is under way; or nothing any more. */
    NONE("none"),
    HTTP_1("http/1"),
    HTTP_2("http/2");

    private final String word;

    Language(String word) {
        this.word = word;
    }

    /** For operators. */
    String word() {
        return word;
    }
}
