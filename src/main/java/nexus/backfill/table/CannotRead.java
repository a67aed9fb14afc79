package nexus.backfill.table;

/** The rows of a table cannot be read, and a retry would not help. Its message may be shown. */
public final class CannotRead extends Exception {
    private static final long serialVersionUID = 1;

    public CannotRead(String message) {
        super(message);
    }
}
