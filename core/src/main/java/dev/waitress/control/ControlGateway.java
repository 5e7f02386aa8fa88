package dev.waitress.control;

import dev.waitress.exchange.Gateway;
import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Operations;
import dev.waitress.exchange.Outcome;
import dev.waitress.exchange.Request;
import dev.waitress.exchange.Response;
import dev.waitress.exchange.ServerAnswer;
import dev.waitress.exchange.WorkerStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Answers what operators ask, and has those who answer clients do what they order. Nothing is asked of anybody, and
 * nothing is counted, but when an operator wants to know.
 */
public final class ControlGateway implements Gateway {
    /**
     * Field of every answer: who asks by the path of another socket must not take another's 200 for its order's
     * success.
     */
    public static final String MARK = "Waitress-Control";

    private static final Map<String, String> FIELDS = Map.of(MARK, "1");

    private static final String OK = "200 OK";

    /** Characters of all stacks. */
    private static final int MOST_OF_STACKS = 4 * 1024 * 1024;

    private final Front front;
    private final Operations operations;
    private final Executor loop;
    private final Executor elsewhere;
    private final LongSupplier uptimeNanos;

    /**
     * For the operators of one server.
     *
     * @param elsewhere runs what takes too long for the loop
     */
    public ControlGateway(
            Front front, Operations operations, Executor loop, Executor elsewhere, LongSupplier uptimeNanos) {
        this.front = front;
        this.operations = operations;
        this.loop = loop;
        this.elsewhere = elsewhere;
        this.uptimeNanos = uptimeNanos;
    }

    @Override
    public void submit(Request request, Response response) {
        Command command = Command.find(request.head());
        request.body().discard();
        if (command == null) {
            ServerAnswer.NOT_FOUND.sendTo(response, FIELDS);
        } else if (!request.head().isMethod(command.method())) {
            ServerAnswer.notAllowed(command.method()).sendTo(response, FIELDS);
        } else {
            boolean isForPeople = Command.isForPeople(request.head());
            obey(command, isForPeople, answer -> loop.execute(() -> answer.sendTo(response, FIELDS)));
        }
    }

    private void obey(Command command, boolean isForPeople, Consumer<ServerAnswer> answer) {
        Consumer<Outcome> told = outcome -> answer.accept(of(outcome, isForPeople));
        switch (command) {
            case STATUS ->
                status(status -> answer.accept(
                        isForPeople
                                ? plain(OK, StatusText.of(status))
                                : ServerAnswer.json(OK, StatusJson.status(status))));
            case STACKS ->
                stacks(seen -> answer.accept(
                        isForPeople
                                ? plain(OK, StacksText.of(seen, MOST_OF_STACKS))
                                : ServerAnswer.json(OK, StatusJson.stacks(seen))));
            case RELOAD -> operations.reload("waitress-serve ctl", told);
            case ADD -> operations.addWorker(told);
            case REMOVE -> operations.removeWorker(told);
            case STOP -> told.accept(front.stop());
        }
    }

    private static ServerAnswer plain(String status, String text) {
        return new ServerAnswer(status, "", "text/plain; charset=utf-8", text);
    }

    private static ServerAnswer of(Outcome outcome, boolean isForPeople) {
        String status = outcome.isDone() ? OK : "409 Conflict";
        return isForPeople
                ? plain(status, outcome.message().stripTrailing() + "\n")
                : ServerAnswer.json(status, StatusJson.outcome(outcome));
    }

    private void stacks(Consumer<Inspection> told) {
        operations.inspect(true, seen -> elsewhere.execute(() -> told.accept(seen)));
    }

    private void status(Consumer<Status> told) {
        Front.Overview overview = front.overview();
        long upNanos = uptimeNanos.getAsLong();
        operations.inspect(
                false, inspection -> elsewhere.execute(() -> told.accept(withMemory(overview, upNanos, inspection))));
    }

    private static Status withMemory(Front.Overview overview, long upNanos, Inspection inspection) {
        ResidentMemory memory = ResidentMemory.ofThisSystem();
        Map<Long, Long> bytes = new HashMap<>();
        long own = ProcessHandle.current().pid();
        memory.find(own, false).ifPresent(found -> bytes.put(own, found));
        for (WorkerStatus worker : inspection.workers()) {
            long pid = worker.pid();
            if (pid != own) {
                memory.find(pid, true).ifPresent(found -> bytes.put(pid, found));
            }
        }
        return new Status(version(), own, upNanos, overview, inspection, bytes);
    }

    private static String version() {
        String version = ControlGateway.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    @Override
    public void close(Duration within) {
        // nothing runs
    }
}
