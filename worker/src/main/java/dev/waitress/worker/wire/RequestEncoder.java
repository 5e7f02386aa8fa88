package dev.waitress.worker.wire;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Request;
import dev.waitress.settings.Settings;
import java.nio.file.Path;

/** Writes a request as {@code (id, environ, body)}. Event loop only. */
public final class RequestEncoder implements Environ.Sink {
    private final Environ environ;
    private MarshalWriter writer = new MarshalWriter(0);

    /** Whether the applications' text is bytes: on Python 2.7, which does not know the codes of short text either. */
    private boolean inBytes;

    public RequestEncoder(Settings settings) {
        environ = new Environ(settings);
    }

    /** Workers run Python 2. All run the same, and no request is encoded before the first is there. */
    public void writeTextAsBytes() {
        inBytes = true;
    }

    public void encode(int id, Request request, MarshalWriter target) {
        writer = target;
        target.tuple(3);
        target.integer(id);
        target.dict();
        environ.write(request, this);
        target.endDict();
        body(request.body(), target);
    }

    @Override
    public void put(byte[] key, int keyEnd, byte[] value, int valueStart, int valueEnd) {
        text(key, 0, keyEnd);
        text(value, valueStart, valueEnd);
    }

    private void text(byte[] source, int start, int end) {
        if (inBytes) {
            writer.blob(source, start, end - start);
        } else {
            writer.latin1(source, start, end);
        }
    }

    /**
     * Nothing; the bytes; their number, if they follow the frame; the slot that holds them, and their number; or the
     * name of the file that does.
     */
    private static void body(BodyBuffer body, MarshalWriter target) {
        Path file = body.file();
        SharedMemory.Slot slot = body.slot();
        if (slot != null) {
            target.tuple(2);
            target.integer(slot.number());
            target.integer((int) body.size());
        } else if (file != null) {
            target.text(file.toString());
        } else if (isRaw(body)) {
            target.integer((int) body.size());
        } else if (body.size() > 0) {
            target.blob(body.memory(), 0, (int) body.size());
        } else {
            target.none();
        }
    }

    /** Whether the body follows its frame. */
    public static boolean isRaw(BodyBuffer body) {
        return body.file() == null && body.slot() == null && body.size() > Protocol.INLINE_BODY_BYTES;
    }
}
