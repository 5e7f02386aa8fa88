package dev.waitress.settings;

/** What a setting is about; help and documentation show the table in these parts. */
public enum Group {
    ADDRESSES("Addresses"),
    ENCRYPTION("Encryption"),
    APPLICATION("What the application sees"),
    PROXIES("Proxies in front"),
    WORKERS("Threads and processes"),
    HEALTH("Health"),
    CONTROL("Control"),
    METRICS("Metrics"),
    TRACES("Traces"),
    SERVICE("As a service"),
    LOGGING("Log"),
    BUFFERS("Buffers"),
    LIMITS("Limits"),
    TIMES("Times"),
    COMPATIBILITY("Accepted for compatibility, without effect");

    private final String title;

    Group(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
