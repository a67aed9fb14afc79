package nexus.queue.owed;

import java.util.Map;

/** The statements of this room, for {@code QueuePlansPostgresTest}. */
public final class OwedStatements {
    public static final String TAKE = OwedQueue.TAKE;
    public static final String SUCCESSORS = OwedQueue.SUCCESSORS;

    public static final Map<String, String> ALL = Map.ofEntries(
            Map.entry("take", OwedQueue.TAKE),
            Map.entry("take-due", OwedQueue.TAKE_DUE),
            Map.entry("next-due", OwedQueue.NEXT_DUE),
            Map.entry("successors", OwedQueue.SUCCESSORS),
            Map.entry("oldest", OwedQueue.OLDEST),
            Map.entry("lanes-with-work", OwedQueue.LANES_WITH_WORK),
            Map.entry("with-more", OwedQueue.WITH_MORE),
            Map.entry("smallest-owed", OwedQueue.SMALLEST_OWED),
            Map.entry("runs", PackedRows.FIND),
            Map.entry("unfold", PackedRows.UNPACK),
            Map.entry("unfold-lane", PackedRows.UNPACK_LANE),
            Map.entry("bodies", OwedQueue.BODIES));

    private OwedStatements() {}
}
