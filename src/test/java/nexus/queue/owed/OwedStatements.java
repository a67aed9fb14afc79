package nexus.queue.owed;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class OwedStatements {
    public static final String TAKE = OwedQueue.TAKE.text();
    public static final String SUCCESSORS = OwedQueue.SUCCESSORS.text();

    public static final Map<String, String> ALL = Map.ofEntries(
            Map.entry("take", OwedQueue.TAKE.text()),
            Map.entry("take-due", OwedQueue.TAKE_DUE.text()),
            Map.entry("next-due", OwedQueue.NEXT_DUE.text()),
            Map.entry("successors", OwedQueue.SUCCESSORS.text()),
            Map.entry("renewed", OwedQueue.RENEWED.text()),
            Map.entry("oldest", OwedQueue.OLDEST.text()),
            Map.entry("lanes-with-work", OwedQueue.LANES_WITH_WORK),
            Map.entry("with-more", OwedQueue.WITH_MORE.text()),
            Map.entry("smallest-owed", OwedQueue.SMALLEST_OWED.text()),
            Map.entry("runs", PackedRows.FIND.text()),
            Map.entry("unfold", PackedRows.UNPACK.text()),
            Map.entry("unfold-lane", PackedRows.UNPACK_LANE.text()),
            Map.entry("bodies", OwedQueue.BODIES.text()));

    private OwedStatements() {}
}
