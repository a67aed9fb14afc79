package nexus.queue.position;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import nexus.queue.owed.OwedReads;
import nexus.queue.owed.Watermark;

/** Advances the oldest open positions of lanes. Belongs to the backlog's event loop. */
public final class OldestOpenPositions {
    private final OwedReads queue;
    private final Watermark watermark = new Watermark();

    public OldestOpenPositions(OwedReads queue) {
        this.queue = queue;
    }

    /** Every transaction that drew a seq up to this one has ended. */
    public long safe() {
        return watermark.safe();
    }

    /** @param cursors of the lanes, read when the seqs are known */
    public Future<Void> raise(Supplier<Collection<LaneCursor>> cursors) {
        return queue.look().compose(look -> {
            watermark.look(look);
            return raise(cursors.get());
        });
    }

    private Future<Void> raise(Collection<LaneCursor> cursors) {
        Map<Integer, LaneCursor> asked = new HashMap<>();
        Map<Integer, Long> oldestOpenByLane = new HashMap<>();
        for (LaneCursor cursor : cursors) {
            if (cursor.mayRaiseOldestOpen()) {
                cursor.askOldestOpen();
                asked.put(cursor.lane(), cursor);
                oldestOpenByLane.put(cursor.lane(), cursor.oldestOpen());
            }
        }
        if (asked.isEmpty()) {
            return Future.succeededFuture();
        }
        long safe = watermark.safe();
        return queue.smallestOwed(oldestOpenByLane).map(smallest -> {
            smallest.forEach((lane, seq) -> {
                LaneCursor cursor = asked.get(lane);
                if (cursor != null) {
                    cursor.foundOldestOpen(seq, safe);
                }
            });
            return null;
        });
    }
}
