package dev.waitress.worker.process;

import dev.waitress.exchange.Outcome;
import dev.waitress.worker.pool.Intake;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** How many workers there are to be, which an operator may change. Event loop only. */
final class Headcount {
    private static final Logger LOG = System.getLogger("waitress");

    private final WorkerSlots slots;
    private final Intake intake;
    private final Launches launches;
    private final Rollout rollout;
    private final Renewal renewal;
    private final Consumer<WorkerSlot> fill;

    /**
     * Changes the number of slots.
     *
     * @param fill starts a worker for an empty one
     */
    Headcount(
            WorkerSlots slots,
            Intake intake,
            Launches launches,
            Rollout rollout,
            Renewal renewal,
            Consumer<WorkerSlot> fill) {
        this.slots = slots;
        this.intake = intake;
        this.launches = launches;
        this.rollout = rollout;
        this.renewal = renewal;
        this.fill = fill;
    }

    Outcome add() {
        WorkerSlot slot = slots.add();
        Outcome outcome = changed("one more worker");
        if (rollout.isUnderWay()) {
            rollout.join(slot);
        } else {
            fill.accept(slot);
        }
        return outcome;
    }

    Outcome remove() {
        if (slots.size() == 1) {
            String refusal = "the last worker stays";
            LOG.log(Level.WARNING, refusal);
            return Outcome.refused(refusal);
        }
        WorkerSlot slot = slots.removeOne();
        renewal.withdraw(slot);
        slot.clear().forEach(launches::dismiss);
        Outcome outcome = changed("one worker less");
        rollout.look();
        renewal.next();
        return outcome;
    }

    private Outcome changed(String how) {
        intake.expect(slots.size());
        String news = how + ", " + slots.size() + " from now on";
        LOG.log(Level.INFO, news);
        return Outcome.done(news);
    }
}
