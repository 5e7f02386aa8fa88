package dev.waitress.control;

import dev.waitress.http.RequestHead;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What can be asked for: a method and a path of HTTP. */
enum Command {
    STATUS("GET", "/status"),
    STATUS_AS_TEXT("GET", "/status.txt"),
    STACKS("GET", "/stacks"),
    STACKS_AS_TEXT("GET", "/stacks.txt"),
    RELOAD("POST", "/reload"),
    ADD("POST", "/add"),
    REMOVE("POST", "/remove"),
    STOP("POST", "/stop");

    private final String method;
    private final String path;

    Command(String method, String path) {
        this.method = method;
        this.path = path;
    }

    /** The command of this path; null if it is none of ours. */
    static @Nullable Command find(RequestHead head) {
        String path = head.text(head.pathStart(), head.pathEnd());
        return Arrays.stream(values())
                .filter(each -> each.path.equals(path))
                .findFirst()
                .orElse(null);
    }

    String method() {
        return method;
    }
}
