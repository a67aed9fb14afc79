package nexus.delivery.state;

/**
 * How events of one type are found: in the index of all, newest first, where each has its type beside its seq. One page
 * goes over so many at most, and then has nothing to say of those before: its end is a horizon.
 */
public final class EventsOfType {
    /** Seqs that one page may go over, when all of them are of other types. */
    public static final int LONGEST_WALK = 250_000;

    private EventsOfType() {}

    /**
     * The first of several common table expressions, {@code walk}: down to which seq.
     *
     * @param from SQL: the seq from which it goes down, or any above
     */
    public static String walk(String from) {
        return """
               walk AS MATERIALIZED (
                   SELECT least(%s, seq) - %d AS down_to FROM (SELECT seq FROM event ORDER BY seq DESC LIMIT 1) newest),
               """.formatted(from, LONGEST_WALK);
    }

    /** A condition on {@code event e}. */
    public static String matching(String type) {
        return "e.seq > (SELECT down_to FROM walk) AND hashtext(e.type) = hashtext(%1$s) AND e.type = %1$s"
                .formatted(type);
    }

    /**
     * SQL: the seq above which nothing more is to be found; null when there is nothing below it either.
     *
     * @param sought a condition on {@code event older}: true for those that would be of interest
     */
    public static String horizon(String sought) {
        return """
               (SELECT down_to + 1 FROM walk WHERE EXISTS (SELECT FROM event older WHERE older.seq <= down_to AND %s))
               """.formatted(sought).strip();
    }
}
