package dev.waitress.worker.wire;

import dev.waitress.exchange.EnvironKey;
import dev.waitress.exchange.Request;
import dev.waitress.platform.Shortcuts;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The templates of environs that are in use. One is made when the same is asked for a second time soon; the place of
 * one that was not asked for lately is taken by another. Event loop only.
 */
final class EnvironTemplates {
    /** What workers keep of them, a few kilobytes each, is bounded by that. */
    static final int MOST = 512;

    /** Larger ones would cost more memory than time. */
    static final int MOST_KEY_BYTES = 4096;

    /** How often the same is asked for until there is one. */
    private static final int TIMES = 2;

    /** Places in which one can be. */
    private static final int PLACES = 4;

    private static final int REMEMBERED = 2048;

    /** Encodes the shared part of a request's environ: keys and values. */
    interface Encoder {
        byte[] encode(Request request);
    }

    private final Encoder encoder;

    /** 0 for never, 1 for at once. */
    private final int times;

    private final EnvironKey key = new EnvironKey();
    private final @Nullable EnvironTemplate[] places = new EnvironTemplate[MOST];

    /** Hashes of what was asked for once, each where the next of its kind is looked for. */
    private final int[] askedFor = new int[REMEMBERED];

    private long requests;

    EnvironTemplates(Encoder encoder, Shortcuts shortcuts) {
        this.encoder = encoder;
        this.times = shortcuts.timesUntilRemembered(TIMES);
    }

    /** The template of a request, if there is one, or it is worth making. */
    @Nullable
    EnvironTemplate find(Request request) {
        requests++;
        key.of(request);
        int hash = key.hash();
        for (int i = 0; i < PLACES; i++) {
            EnvironTemplate found = places[place(hash, i)];
            if (found != null && found.hash() == hash && isOfKey(found)) {
                found.used(requests);
                return found;
            }
        }
        return isWorthIt(hash) ? make(request, hash) : null;
    }

    private static int place(int hash, int i) {
        return hash + i & MOST - 1;
    }

    private boolean isOfKey(EnvironTemplate template) {
        byte[] known = template.key();
        return Arrays.equals(known, 0, known.length, key.bytes(), 0, key.length());
    }

    private boolean isWorthIt(int hash) {
        int at = hash >>> Integer.SIZE / 2 & REMEMBERED - 1;
        boolean isAgain = times == 1 || times == TIMES && askedFor[at] == hash;
        askedFor[at] = hash;
        return isAgain && key.length() <= MOST_KEY_BYTES;
    }

    private @Nullable EnvironTemplate make(Request request, int hash) {
        int best = -1;
        for (int i = 0; i < PLACES; i++) {
            int at = place(hash, i);
            EnvironTemplate there = places[at];
            if (there == null) {
                best = at;
                break;
            }
            if (there.isFree() && (best < 0 || there.lastUse() < lastUse(best))) {
                best = at;
            }
        }
        if (best < 0) {
            return null; // all are in use
        }
        byte[] copy = Arrays.copyOf(key.bytes(), key.length());
        EnvironTemplate made = new EnvironTemplate(best + 1, hash, copy, encoder.encode(request));
        made.used(requests);
        places[best] = made;
        return made;
    }

    private long lastUse(int at) {
        EnvironTemplate there = places[at];
        return there == null ? 0 : there.lastUse();
    }
}
