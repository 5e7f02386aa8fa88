package dev.waitress.tls;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** What is said of files that have changed and cannot be used: once for each change. One thread at a time. */
final class Complaint {
    private static final Logger LOG = System.getLogger("waitress");

    private final String consequence;
    private @Nullable FileContents about;
    private String said = "";

    Complaint(String consequence) {
        this.consequence = consequence;
    }

    /** Whether this very content was looked at before. */
    boolean isAbout(FileContents contents) {
        return about != null && about.areSameAs(contents);
    }

    /**
     * It cannot be used; the same about files that cannot be read is not said again.
     *
     * @param contents null if they cannot be read
     */
    void say(TlsException reason, @Nullable FileContents contents) {
        if (contents != null) {
            about = contents;
            said = "";
        }
        String message = String.valueOf(reason.getMessage());
        if (!message.equals(said)) {
            said = message;
            LOG.log(Level.ERROR, message + "; " + consequence);
        }
    }

    /** There is nothing to complain of. */
    void settle() {
        about = null;
        said = "";
    }
}
