import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;

/** Helidon as it comes, each connection on a virtual thread, which may block: {@code Helidon PORT}. */
final class Helidon {
    public static void main(String[] arguments) {
        WebServer.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(arguments[0]))
                .backlog(1024)
                .connectionOptions(options -> options.tcpNoDelay(true))
                .routing(routing -> routing.any((request, response) -> response.header(
                                HeaderNames.CONTENT_TYPE, "text/plain")
                        .send(Pages.at(request.path().path()))))
                .build()
                .start();
    }
}
