package nexus.queue.owed;

import java.util.Collections;
import java.util.Set;

/**
 * The seq up to which all inserted rows are visible, or never will be. A seq is drawn before its transaction commits, so a
 * smaller one may become visible after a greater one. Intake holds a lock from before it draws a seq until the end of its
 * transaction, and the holders of that lock are read here. Pure.
 */
public final class Watermark {
    /**
     * A read.
     *
     * @param drawn the highest seq drawn so far, read before {@code writers}
     * @param writers transactions that may have drawn one and have not ended
     */
    public record Look(long drawn, Set<String> writers) {
        public Look {
            writers = Set.copyOf(writers);
        }
    }

    private Look last = new Look(0, Set.of());
    private long safe;

    /** The highest safe seq; 0 when unknown. */
    public long safe() {
        return safe;
    }

    /** When all transactions of an earlier read have ended, the seqs drawn before that read are safe. */
    public void look(Look now) {
        if (Collections.disjoint(last.writers(), now.writers())) {
            safe = Math.max(safe, last.drawn());
            last = now;
        }
    }
}
