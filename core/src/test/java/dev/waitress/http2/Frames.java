package dev.waitress.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a reader finds; data of one frame together, however it came. */
final class Frames implements FrameListener {
    final List<String> events = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();

    private @Nullable Fault note(String event) {
        events.add(event);
        return null;
    }

    private static String text(byte[] bytes, int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    @Override
    public @Nullable Fault headers(int stream, byte[] block, int start, int end, boolean endsStream) {
        return note("headers " + stream + " " + text(block, start, end) + (endsStream ? " end" : ""));
    }

    @Override
    public @Nullable Fault dataBegins(int stream, int bytes) {
        data.setLength(0);
        return note("data " + stream + " " + bytes);
    }

    @Override
    public @Nullable Fault data(byte[] bytes, int start, int count) {
        data.append(text(bytes, start, start + count));
        return null;
    }

    @Override
    public @Nullable Fault dataEnds(boolean endsStream) {
        return note(data + (endsStream ? " end" : ""));
    }

    @Override
    public @Nullable Fault reset(int stream) {
        return note("reset " + stream);
    }

    @Override
    public @Nullable Fault setting(int id, long value) {
        return note("setting " + id + " " + value);
    }

    @Override
    public @Nullable Fault settingsEnd() {
        return note("settings");
    }

    @Override
    public @Nullable Fault ping(byte[] bytes, int start) {
        return note("ping " + text(bytes, start, start + 8));
    }

    @Override
    public void pingAnswered() {
        note("pong");
    }

    @Override
    public void goAway() {
        note("goaway");
    }

    @Override
    public @Nullable Fault windowOpens(int stream, int bytes) {
        return note("window " + stream + " " + bytes);
    }

    @Override
    public @Nullable Fault streamFault(int stream, ErrorCode code) {
        return note("fault " + stream + " " + code);
    }
}
