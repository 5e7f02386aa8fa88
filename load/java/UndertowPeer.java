import io.undertow.Undertow;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;

/** Undertow, its handlers on worker threads, where they may block: {@code UndertowPeer PORT}. */
final class UndertowPeer {
    public static void main(String[] arguments) {
        Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setHandler(new BlockingHandler(exchange -> {
                    byte[] body = Pages.at(exchange.getRequestPath());
                    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
                    exchange.setResponseContentLength(body.length);
                    exchange.getOutputStream().write(body);
                }))
                .build()
                .start();
    }
}
