package dev.waitress.worker.wire;

import dev.waitress.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what it is told; there is no request beyond number 9. */
final class AnswerRecorder implements AnswerReader.Listener, AnswerReader.Memory {
    private final List<String> events;

    AnswerRecorder(List<String> events) {
        this.events = events;
    }

    @Override
    public void answered() {}

    @Override
    public AnswerReader.Target targetOf(int id) {
        if (id > 9) {
            throw new IllegalArgumentException("nobody asked");
        }
        return new Noted(id);
    }

    @Override
    public void share(String path, int first, int slots, int slotBytes) {
        events.add("memory " + path + " " + first + " " + slots + " " + slotBytes);
    }

    @Override
    public void shareRing(String path, int first, int bytes) {
        events.add("ring " + path + " " + first + " " + bytes);
    }

    @Override
    public void lost(@Nullable Throwable failure) {
        events.add("lost " + failure);
    }

    private final class Noted implements AnswerReader.Target {
        private final int id;

        Noted(int id) {
            this.id = id;
        }

        private void note(String event) {
            events.add(id + " " + event);
        }

        /** Number 8 is answered. */
        @Override
        public boolean isOver() {
            return id == 8;
        }

        @Override
        public void streams() {
            note("streams");
        }

        @Override
        public void head(ResponseHead head, long bodyBytes) {
            note("head " + head.statusCode() + " " + bodyBytes);
        }

        @Override
        public void hints(ResponseHead hints) {
            note("hints " + hints.value("link"));
        }

        @Override
        public void malformed(String reason) {
            note("malformed");
        }

        @Override
        public void body(byte[] bytes, int start, int count) {
            note("body " + new String(bytes, start, count, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void file(String name, long position, long count) {
            note("file " + name + " " + position + " " + count);
        }

        @Override
        public void block(int slot, int count) {
            note("block " + slot + " " + count);
        }

        @Override
        public void laid(@Nullable ResponseHead head, int start, int count) {
            note("laid " + (head == null ? "no head" : head.statusCode()) + " " + start + " " + count);
        }

        @Override
        public void end() {
            note("end");
        }

        @Override
        public void fail(String traceback) {
            note("fail " + traceback);
        }
    }
}
