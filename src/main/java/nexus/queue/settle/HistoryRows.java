package nexus.queue.settle;

/** The bounds of a packed row of history, {@code delivery_run}. Reads rely on them. */
public final class HistoryRows {
    /** For fewer deliveries, separate rows are cheaper. */
    public static final int SHORTEST = 32;

    /** Deliveries that fit into a page of 8 KB with empty responses. */
    static final int LONGEST = 160;

    /** Between the first and the last seq, as the table requires, so that a seq can be in few packed rows only. */
    public static final int LONGEST_REACH = 4095;

    private HistoryRows() {}
}
