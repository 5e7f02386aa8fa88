package dev.waitress.ini;

import org.jspecify.annotations.Nullable;

/** An ini file that cannot be understood; the message names the file and the section or line. */
public final class IniException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    IniException(String message) {
        super(message);
    }

    IniException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
