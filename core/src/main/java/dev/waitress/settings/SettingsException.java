package dev.waitress.settings;

/** A setting that cannot be used: the message starts with its name and says what would be valid. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    SettingsException(String name, Object value, String rule) {
        super(name + ": " + rule + ", got '" + value + "'");
    }
}
