package dev.waitress.redirect;

import dev.waitress.exchange.ServerAnswer;
import dev.waitress.http.RequestHead;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files by which an authority sees that who asks for a certificate has the host. RFC 8555 §8.3. They are small, and
 * lie there for seconds: each is read anew, on the loop.
 */
final class ChallengeFolder {
    private static final String PATH = "/.well-known/acme-challenge/";

    /** RFC 8555 §8.1: a token is base64url. Nothing else can be asked for, and so no other folder reached. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,200}");

    private static final int MOST_BYTES = 16 * 1024;

    private final Path folder;

    ChallengeFolder(Path folder) {
        this.folder = folder;
    }

    /** The answer to a request for one; null if it is for something else. */
    @Nullable
    ServerAnswer find(RequestHead head) {
        String path = head.text(head.pathStart(), head.pathEnd());
        if (!path.startsWith(PATH)) {
            return null;
        }
        String token = path.substring(PATH.length());
        if (!TOKEN.matcher(token).matches()) {
            return ServerAnswer.NOT_FOUND;
        }
        if (!head.isMethod("GET") && !head.isMethod("HEAD")) {
            return ServerAnswer.notAllowed("GET, HEAD");
        }
        Path file = folder.resolve(token);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return ServerAnswer.NOT_FOUND;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            return bytes.length > MOST_BYTES // it is no challenge, and half of it would prove nothing
                    ? ServerAnswer.NOT_FOUND
                    : ServerAnswer.bytes("200 OK", "application/octet-stream", bytes);
        } catch (IOException e) {
            return ServerAnswer.NOT_FOUND; // its time is over
        }
    }
}
