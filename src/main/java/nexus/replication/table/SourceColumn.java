package nexus.replication.table;

/**
 * A column of a table of the source database.
 *
 * @param type as SQL writes it
 * @param form the form of its values in events
 */
public record SourceColumn(String name, String type, Form form, Generated generated) {

    /** What {@code to_json} makes of a value. */
    public enum Form {
        TEXT,
        NUMBER,
        BOOLEAN,
        /** An array, an object, or whatever the value itself contains. */
        ANY
    }

    /** Whether PostgreSQL computes the column. */
    public enum Generated {
        NO,
        STORED,
        VIRTUAL
    }
}
