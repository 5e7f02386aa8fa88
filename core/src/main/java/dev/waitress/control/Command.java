package dev.waitress.control;

import dev.waitress.http.RequestHead;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be asked for. A command is a path of HTTP, for example {@code /status}; with {@code .txt} behind it the
 * answer is for people.
 */
enum Command {
    STATUS("GET"),
    STACKS("GET"),
    RELOAD("POST"),
    ADD("POST"),
    REMOVE("POST"),
    STOP("POST");

    private static final String FOR_PEOPLE = ".txt";

    private final String method;

    Command(String method) {
        this.method = method;
    }

    /** What a request asks for; null if that is none of ours. */
    static @Nullable Command find(RequestHead head) {
        String asked = path(head);
        String path = isForPeople(head) ? asked.substring(0, asked.length() - FOR_PEOPLE.length()) : asked;
        return Arrays.stream(values())
                .filter(each -> path.equals("/" + each.name().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElse(null);
    }

    /** Whether it asks for text. */
    static boolean isForPeople(RequestHead head) {
        return path(head).endsWith(FOR_PEOPLE);
    }

    private static String path(RequestHead head) {
        return head.text(head.pathStart(), head.pathEnd());
    }

    String method() {
        return method;
    }
}
