package dev.waitress.settings;

/** What a version of HTTP is called in {@code http_protocols}. */
final class HttpVersionName {
    private HttpVersionName() {}

    /** The same name; IllegalArgumentException for one that is none. */
    static String require(String name) {
        if (!name.equals("h2") && !name.equals("h1")) {
            throw new IllegalArgumentException(name);
        }
        return name;
    }
}
