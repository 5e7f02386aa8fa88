package dev.waitress.control;

import dev.waitress.exchange.Inspection;
import dev.waitress.exchange.Occupation;
import dev.waitress.exchange.WorkerStatus;

/** What every thread does, for people. */
public final class StacksText {
    private static final String CUT = "[... more was cut off ...]\n";

    private final StringBuilder text = new StringBuilder();
    private final int most;

    private StacksText(int most) {
        this.most = most;
    }

    /** At most so many characters, and one line. */
    public static String of(Inspection inspection, int most) {
        StacksText whole = new StacksText(most);
        whole.add(inspection);
        return whole.text.toString();
    }

    private void add(Inspection inspection) {
        for (WorkerStatus worker : inspection.workers()) {
            add("worker " + worker.pid() + " " + worker.state() + ", " + doing(worker) + "\n");
            worker.occupations().forEach(this::add);
            if (text.length() >= most) {
                text.setLength(most);
                text.append('\n').append(CUT);
                return;
            }
        }
    }

    private static String doing(WorkerStatus worker) {
        long requests = worker.occupations().stream()
                .filter(each -> !each.request().isEmpty())
                .count();
        String runs =
                requests == 0 ? "runs no request" : "runs " + requests + (requests == 1 ? " request" : " requests");
        return worker.isSilent() ? runs + ", does not answer" : runs;
    }

    private void add(Occupation each) {
        add("  " + StatusText.summary(each) + "\n");
        each.stack().lines().forEach(line -> add("  " + line + "\n"));
    }

    private void add(String more) {
        if (text.length() < most) {
            text.append(more);
        }
    }
}
