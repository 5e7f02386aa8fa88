package dev.waitress.worker.wire;

import dev.waitress.buffer.BodyBuffer;
import dev.waitress.buffer.SharedMemory;
import dev.waitress.exchange.Environ;
import dev.waitress.exchange.Request;
import dev.waitress.platform.Shortcuts;
import dev.waitress.settings.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes a request as {@code (id, environ, body, template)}: the number of the template that the environ is to be added
 * to, or 0 if it is whole. Event loop only.
 */
public final class RequestEncoder implements Environ.Sink {
    private static final int FIRST_PAIRS_BYTES = 1024;

    private final Environ environ;
    private final EnvironTemplates templates = new EnvironTemplates(this::shared, Shortcuts.current());
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

    /** Writes one whole. */
    public void encode(int id, Request request, MarshalWriter target) {
        begin(id, target);
        environ.write(request, this);
        end(request, 0);
    }

    /**
     * Writes one, without what a template says if there is one for it.
     *
     * @return the template that the worker has to know
     */
    public @Nullable EnvironTemplate encodeBriefly(int id, Request request, MarshalWriter target) {
        EnvironTemplate template = templates.find(request);
        if (template == null) {
            encode(id, request, target);
            return null;
        }
        begin(id, target);
        environ.writeOwn(request, this);
        end(request, template.number());
        return template;
    }

    private void begin(int id, MarshalWriter target) {
        writer = target;
        target.tuple(4);
        target.integer(id);
        target.dict();
    }

    private void end(Request request, int template) {
        writer.endDict();
        body(request.body(), writer);
        writer.integer(template);
    }

    private byte[] shared(Request request) {
        writer = new MarshalWriter(FIRST_PAIRS_BYTES);
        environ.writeShared(request, this);
        return writer.toByteArray();
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
