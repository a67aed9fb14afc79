package nexus.queue.owed;

/** Where an owed delivery lies in the store. */
public sealed interface Place permits Place.OwnRow, PackedRow {
    /**
     * In a row of {@code owed}.
     *
     * @param ctid PostgreSQL's; another one as soon as the row is changed
     */
    record OwnRow(String ctid) implements Place {}
}
