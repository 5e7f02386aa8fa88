package dev.waitress.settings;

/** A setting that cannot be used: the message says which, and what would be valid. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    /** A value that is not valid; the name is that of the entry used, for example {@code --port}. */
    SettingsException(String name, Object value, String valid) {
        super(name + ": must be " + valid + ", got '" + value + "'");
    }
}
