package nexus.delivery.state;

/**
 * How events of one type are found: in the index of all events, newest first, which contains the type beside the seq. One
 * page reads a bounded number of entries and knows nothing about older ones: its end is a horizon.
 */
public final class EventsOfType {
    /** Seqs that one page may pass when all of them are of other types. */
    public static final int LONGEST_WALK = 250_000;

    private EventsOfType() {}

    /**
     * The first of several common table expressions, {@code walk}: the seq down to which events are read.
     *
     * @param from SQL: the seq at which the reading starts, or any above it
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
     * SQL: the seq down to which all events have been read; null when no older event is sought.
     *
     * @param sought a condition on {@code event older}: true for the events that are sought
     */
    public static String horizon(String sought) {
        return """
               (SELECT down_to + 1 FROM walk WHERE EXISTS (SELECT FROM event older WHERE older.seq <= down_to AND %s))
               """.formatted(sought).strip();
    }
}
