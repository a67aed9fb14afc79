package nexus.queue.owed;

/** The place of an owed delivery in the store. */
public sealed interface Place permits Place.OwnRow, PackedRow {
    /**
     * A row of {@code owed}.
     *
     * @param ctid physical place of the row, which changes with every update
     */
    record OwnRow(String ctid) implements Place {}
}
