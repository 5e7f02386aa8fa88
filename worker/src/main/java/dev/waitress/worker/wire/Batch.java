package dev.waitress.worker.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * One frame of requests to a worker, and behind them the templates that they need and that it does not know. Its bytes
 * are kept until all its requests are answered: those of a worker that dies before it began them are sent again, to
 * another one. Event loop only.
 */
public final class Batch {
    private static final int FIRST_BYTES = 16 * 1024;
    private static final int FRAME_LENGTH = 4;
    private static final int LIST_LENGTH = FRAME_LENGTH + 1;

    public final MarshalWriter writer = new MarshalWriter(FIRST_BYTES);
    private int requests;
    private int unanswered;

    /** Those that the worker is still to be told of. */
    private final List<EnvironTemplate> templates = new ArrayList<>();

    public Batch() {
        clear();
    }

    private void clear() {
        writer.clear();
        writer.fixed(0);
        writer.list(0);
        requests = 0;
        unanswered = 0;
    }

    public boolean isEmpty() {
        return requests == 0;
    }

    public void added() {
        requests++;
        unanswered++;
    }

    /** The worker is told of this template too. */
    public void define(EnvironTemplate template) {
        templates.add(template);
    }

    /** States the lengths; the batch is complete. */
    public void finish() {
        int items = requests;
        if (!templates.isEmpty()) {
            writeTemplates();
            items++;
        }
        writer.patch(0, writer.length() - FRAME_LENGTH);
        writer.patch(LIST_LENGTH, items);
    }

    private void writeTemplates() {
        writer.dict();
        for (EnvironTemplate template : templates) {
            writer.integer(template.number());
            writer.dict();
            writer.raw(template.pairs(), 0, template.pairs().length);
            writer.endDict();
        }
        writer.endDict();
        templates.clear();
    }

    /** One of its requests needs it no longer; true if it was the last, and the batch is empty again. */
    public boolean released() {
        unanswered--;
        if (unanswered == 0) {
            clear();
        }
        return unanswered == 0;
    }
}
