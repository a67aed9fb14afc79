package nexus.queue.order;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nexus.queue.owed.KeyQueue;
import nexus.queue.owed.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The next deliveries of keys with a delivery in progress, within one lane. Each may start as soon as its predecessor is
 * delivered, without another query and without waiting for the settlement. A change by hand takes effect with the delay that
 * a delivery may wait here. Dropping a chain is always correct, because its deliveries are read again.
 */
public final class KeyChains {
    private static final Duration LONGEST = Ahead.LONGEST;
    private static final int MAX_KEYS = 1_000;

    /**
     * The delivery that may start.
     *
     * @param isWhole whether all owed deliveries of its key are known here
     */
    public record Follower(Waiting waiting, boolean isWhole) {}

    private static final class Chain {
        final Deque<Waiting> rows = new ArrayDeque<>();
        final boolean isWhole;

        Chain(boolean isWhole) {
            this.isWhole = isWhole;
        }
    }

    private final Map<Long, Chain> byKey = new HashMap<>();
    private final Consumer<Waiting> forgotten;
    private int rows;

    /** @param forgotten receives every remembered delivery that did not follow */
    public KeyChains(Consumer<Waiting> forgotten) {
        this.forgotten = forgotten;
    }

    /** Number of deliveries in all chains. */
    public int size() {
        return rows;
    }

    /**
     * Records that the first of these was started, and remembers the following ones that nothing else holds.
     *
     * @return how many are remembered
     */
    public int started(KeyQueue run, Instant readAt) {
        forget(run.key());
        OwedDelivery first = run.rows().getFirst();
        if (first.otherKey() != null || first.barrier() || byKey.size() >= MAX_KEYS) {
            return 0;
        }
        Chain chain = new Chain(false);
        for (OwedDelivery row : run.rows().subList(1, run.rows().size())) {
            if (row.behind() || row.due() != null || !isSimple(row)) {
                break;
            }
            chain.rows.add(new Waiting(row, readAt));
        }
        if (!chain.rows.isEmpty()) {
            byKey.put(run.key(), chain);
            rows += chain.rows.size();
        }
        return chain.rows.size();
    }

    /**
     * Appends a newly owed delivery whose predecessors of the key are all in progress or in the chain.
     *
     * @return whether it is remembered
     */
    public boolean follows(Waiting waiting) {
        OwedDelivery row = waiting.row();
        Long key = row.key();
        if (key == null || !isSimple(row)) {
            return false;
        }
        Chain chain = byKey.get(key);
        if (chain == null && byKey.size() < MAX_KEYS) {
            chain = new Chain(true);
            byKey.put(key, chain);
        }
        if (chain == null || !chain.isWhole || chain.rows.size() >= KeyQueue.LONGEST) {
            return false;
        }
        chain.rows.add(waiting);
        rows++;
        return true;
    }

    private static boolean isSimple(OwedDelivery row) {
        return !row.barrier() && row.otherKey() == null;
    }

    /** The delivery that may start because this one is delivered; null when none is known. */
    public @Nullable Follower next(OwedDelivery delivered, Instant now) {
        Long key = delivered.key();
        Chain chain = key == null ? null : byKey.get(key);
        Waiting first = chain == null ? null : chain.rows.peek();
        if (key == null
                || chain == null
                || first == null
                || !first.since().plus(LONGEST).isAfter(now)) {
            return null;
        }
        chain.rows.remove();
        rows--;
        if (chain.rows.isEmpty()) {
            byKey.remove(key);
        }
        return new Follower(first, chain.isWhole);
    }

    public boolean has(Long key) {
        return byKey.containsKey(key);
    }

    /** @return whether the key had a chain */
    public boolean forget(Long key) {
        Chain chain = byKey.remove(key);
        if (chain == null) {
            return false;
        }
        rows -= chain.rows.size();
        chain.rows.forEach(forgotten);
        return true;
    }

    /** @return the keys that had a chain */
    public List<Long> forgetAll() {
        List<Long> keys = new ArrayList<>(byKey.keySet());
        keys.forEach(this::forget);
        return keys;
    }
}
