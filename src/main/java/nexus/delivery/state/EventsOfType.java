package nexus.delivery.state;

/**
 * Finds events of one type in the index of all events, which holds the type beside the seq, newest first. One page reads a
 * bounded range of seqs; events before that range are unknown, so the page ends there, at its horizon.
 */
public final class EventsOfType {
    /** The greatest range of seqs that one page reads if all events in it are of other types. */
    public static final int LONGEST_WALK = 250_000;

    private EventsOfType() {}

    /**
     * The first common table expression, {@code walk}: the seq down to which a page reads.
     *
     * @param from SQL for the seq at which reading starts, or for any higher one
     */
    public static String walk(String from) {
        return """
               walk AS MATERIALIZED (
                   SELECT least(%s, seq) - %d AS down_to FROM (SELECT seq FROM event ORDER BY seq DESC LIMIT 1) newest),
               """.formatted(from, LONGEST_WALK);
    }

    /** The condition on {@code event e} for the range that is read. */
    public static String matching(String type) {
        return "e.seq > (SELECT down_to FROM walk) AND hashtext(e.type) = hashtext(%1$s) AND e.type = %1$s"
                .formatted(type);
    }

    /**
     * SQL for the seq down to which the list is complete; null if there are no older events that match.
     *
     * @param sought the condition on {@code event older} for events that the list may contain
     */
    public static String horizon(String sought) {
        return """
               (SELECT down_to + 1 FROM walk WHERE EXISTS (SELECT FROM event older WHERE older.seq <= down_to AND %s))
               """.formatted(sought).strip();
    }
}
