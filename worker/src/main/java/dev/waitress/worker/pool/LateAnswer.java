package dev.waitress.worker.pool;

import dev.waitress.http.ResponseHead;
import dev.waitress.worker.wire.AnswerReader;
import dev.waitress.worker.wire.ControlWriter;
import org.jspecify.annotations.Nullable;

/**
 * Where an answer goes whose request is over: a thread of the application's own has written behind the end of its
 * response, or in the moment of it. That is dropped, and what it needs is given back. Event loop only.
 */
final class LateAnswer implements AnswerReader.Target {
    private final ControlWriter control;
    private final Handover handover;
    private int id;

    LateAnswer(ControlWriter control, Handover handover) {
        this.control = control;
        this.handover = handover;
    }

    /** This one, for another request. */
    LateAnswer of(int newId) {
        id = newId;
        return this;
    }

    @Override
    public boolean isOver() {
        return true;
    }

    @Override
    public void streams() {}

    @Override
    public void head(ResponseHead head, long bodyBytes) {}

    @Override
    public void hints(ResponseHead hints) {}

    @Override
    public void malformed(String reason) {}

    @Override
    public void body(byte[] bytes, int start, int count) {}

    @Override
    public void file(String name, long position, long count) {
        control.fileSent(id);
    }

    @Override
    public void block(int slot, int count) {
        handover.block(slot, count).discard();
    }

    @Override
    public void laid(@Nullable ResponseHead head, int start, int count) {
        handover.laid(start, count).discard();
    }

    @Override
    public void end() {}

    @Override
    public void fail(String traceback) {}
}
