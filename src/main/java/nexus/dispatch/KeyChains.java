package nexus.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nexus.queue.KeyRun;
import nexus.queue.OwedDelivery;
import org.jspecify.annotations.Nullable;

/**
 * The next rows of keys that are under way, within one lane: each may start as soon as the one before it is delivered,
 * without asking the store again and without waiting until that is written down. What a person does to a delivery by hand
 * is seen late by as much as a chain may be old. Forgetting a chain is always right: its rows are looked up again.
 */
final class KeyChains {
    private static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int MAX_KEYS = 1_000;

    private record Chain(Deque<OwedDelivery> rows, Instant readAt) {}

    private final Map<Long, Chain> byKey = new HashMap<>();

    /** The first of this run was started: remembers those behind it that nothing else holds. */
    void started(KeyRun run, Instant readAt) {
        Deque<OwedDelivery> rows = new ArrayDeque<>();
        for (OwedDelivery row : run.rows().subList(1, run.rows().size())) {
            if (row.behind() || row.due() != null || row.barrier() || row.otherKey() != null) {
                break;
            }
            rows.add(row);
        }
        OwedDelivery first = run.rows().getFirst();
        byKey.remove(run.key());
        if (!rows.isEmpty() && first.otherKey() == null && !first.barrier() && byKey.size() < MAX_KEYS) {
            byKey.put(run.key(), new Chain(rows, readAt));
        }
    }

    /** The row that may go because this one is delivered; null: none is known. */
    @Nullable
    OwedDelivery next(OwedDelivery delivered, Instant now) {
        Long key = delivered.key();
        Chain chain = key == null ? null : byKey.get(key);
        if (chain == null) {
            return null;
        }
        OwedDelivery next =
                chain.readAt().plus(LONGEST).isAfter(now) ? chain.rows().poll() : null;
        if (next == null || chain.rows().isEmpty()) {
            byKey.remove(key);
        }
        return next;
    }

    /** It was not delivered, or the next one did not start: what was read of its keys says nothing any more. */
    void forget(OwedDelivery row) {
        List<Long> keys = KeyOrder.keys(row);
        keys.forEach(byKey::remove);
    }

    /** Something was changed by hand. */
    void forgetAll() {
        byKey.clear();
    }
}
