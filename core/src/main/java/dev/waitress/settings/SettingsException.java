package dev.waitress.settings;

/** A setting that cannot be used: the message says which, and what would be valid. */
public final class SettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    /** A value that is not valid; the name is that of the entry used, for example {@code --port}. */
    SettingsException(String name, Object value, String valid) {
        super(name + ": must be " + valid + ", got '" + onOneLine(value.toString()) + "'");
    }

    private static String onOneLine(String value) {
        StringBuilder line = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        line.append(String.format("\\x%02x", (int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        return line.toString();
    }
}
