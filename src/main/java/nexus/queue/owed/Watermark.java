package nexus.queue.owed;

import java.util.Collections;
import java.util.Set;

/**
 * Up to which seq everything that was ever inserted is visible, or never will be. A seq is drawn before its transaction
 * commits, so that a smaller one may become visible behind a greater one; intake holds a lock from before it draws any
 * until its end, and that is what is looked at. Pure.
 */
public final class Watermark {
    /**
     * One look.
     *
     * @param drawn the greatest seq drawn so far, read before {@code writers}
     * @param writers transactions that may have drawn one and not ended
     */
    public record Look(long drawn, Set<String> writers) {
        public Look {
            writers = Set.copyOf(writers);
        }
    }

    private Look last = new Look(0, Set.of());
    private long safe;

    /** Everything up to here is visible; 0: nothing is known. */
    public long safe() {
        return safe;
    }

    /** Once the transactions of an earlier look are all over, what had been drawn by then is safe. */
    public void look(Look now) {
        if (Collections.disjoint(last.writers(), now.writers())) {
            safe = Math.max(safe, last.drawn());
            last = now;
        }
    }
}
