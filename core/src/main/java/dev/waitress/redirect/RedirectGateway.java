package dev.waitress.redirect;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.GatewayInFront;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.http.Ascii;
import dev.waitress.http.HostText;
import dev.waitress.http.RequestHead;
import dev.waitress.http.ResponseHead;
import dev.waitress.settings.Setting;
import dev.waitress.settings.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Sends those who come by plain HTTP to HTTPS, and leaves the rest to another gateway. Event loop only. */
public final class RedirectGateway extends GatewayInFront {
    private static final int USUAL_PORT = 443;
    private static final byte[] PERMANENT = Ascii.bytes("308 Permanent Redirect");

    /** HTTP/1.0 does not know 308; the method may become GET. RFC 9110 §15.4.2. */
    private static final byte[] MOVED = Ascii.bytes("301 Moved Permanently");

    private static final byte[] LOCATION = Ascii.bytes("Location");

    private static final ServerAnswer NO_HOST = new ServerAnswer(
            "400 Bad Request", "", "text/plain; charset=utf-8", "Which host? There is no Host field.\n");

    private final boolean redirects;
    private final @Nullable ChallengeFolder challenges;
    private final String port;

    /**
     * In front of another gateway.
     *
     * @param port where HTTPS is spoken
     */
    public RedirectGateway(Settings settings, int port, Gateway next) {
        super(next);
        String folder = settings.get(Setting.ACME_CHALLENGE_DIR);
        this.redirects = settings.get(Setting.HTTPS_REDIRECT);
        this.challenges = folder.isEmpty() ? null : new ChallengeFolder(Path.of(folder));
        this.port = port == USUAL_PORT ? "" : ":" + port;
    }

    @Override
    public void submit(Request request, Response response) {
        ServerAnswer challenge =
                challenges == null || request.peer().isEncrypted() ? null : challenges.find(request.head());
        if (challenge != null) {
            request.body().discard();
            challenge.sendTo(response);
        } else if (redirects && !isSecure(request)) {
            request.body().discard();
            redirect(request.head(), response);
        } else {
            pass(request, response);
        }
    }

    /** Also where a trusted proxy has it so from its client. */
    private static boolean isSecure(Request request) {
        return request.peer().isEncrypted()
                || "https".equals(request.forwarding().scheme());
    }

    /** An absolute form may have a query and no path, which is that of the root. RFC 9110 §4.2.3. */
    private static String rooted(String target) {
        if (target.startsWith("/")) {
            return target;
        }
        return target.startsWith("?") ? "/" + target : "/";
    }

    private void redirect(RequestHead head, Response response) {
        String host = HostText.of(head.host()).host(); // its port is that of plain HTTP
        if (host.isEmpty()) {
            NO_HOST.sendTo(response);
            return;
        }
        String target = head.text(head.pathStart(), head.queryEnd());
        byte[] location = Ascii.bytes("https://" + host + port + rooted(target));
        byte[] status = head.minorVersion() == 0 ? MOVED : PERMANENT;
        ResponseHead answer = new ResponseHead();
        answer.start(status, 0, status.length);
        answer.field(LOCATION, 0, LOCATION.length, location, 0, location.length);
        answer.setContentLength(0);
        response.send(answer, new byte[0], 0, 0);
    }
}
