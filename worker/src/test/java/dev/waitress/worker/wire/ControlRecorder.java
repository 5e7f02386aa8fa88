package dev.waitress.worker.wire;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what it is told. */
final class ControlRecorder
        implements ControlReader.Listener,
                ControlReader.Answers,
                ControlReader.ApplicationListener,
                ZygoteReader.Listener {
    private final List<String> events;

    ControlRecorder(List<String> events) {
        this.events = events;
    }

    @Override
    public void ready() {
        events.add("ready");
    }

    @Override
    public void failed(String message, String traceback, int exitStatus) {
        events.add("failed " + message + " " + traceback + " " + exitStatus);
    }

    @Override
    public void forked(int worker, long pid) {
        events.add("forked " + worker + " " + pid);
    }

    @Override
    public void exited(int worker, int status) {
        events.add("exited " + worker + " " + status);
    }

    @Override
    public void recalled(int[] ids) {
        events.add("recalled " + Arrays.toString(ids));
    }

    @Override
    public void stacksTaken(List<ThreadStack> stacks) {
        stacks.forEach(each -> events.add("stack " + each.thread() + " " + each.id() + " " + each.stack()));
    }

    @Override
    public void alive() {
        events.add("alive");
    }

    @Override
    public void located(int id, String stacks) {
        events.add("located " + id + " " + stacks);
    }

    @Override
    public void lost(@Nullable Throwable failure) {
        events.add("lost " + failure);
    }

    @Override
    public void imported(Instant since, List<Path> files) {
        events.add("imported " + since.toEpochMilli() + " " + files);
    }

    @Override
    public void ownsLogging(int level) {
        events.add("logging " + level);
    }

    @Override
    public void stopAsked() {
        events.add("stop");
    }
}
