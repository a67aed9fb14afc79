package nexus.queue.process;

/**
 * The lock of one process, on a table of its own without rows: shared by who relies on what the process owns, which are
 * settlements and intake that stores packed rows; exclusive for what it gives up, and for its end, with which the table goes.
 * Shared locks of one row would cost a multixact for each transaction.
 */
public final class ProcessLock {
    private ProcessLock() {}

    /** Its name with the schema; a process is a number. */
    public static String table(int process) {
        return "nexus.process_" + process + "_lock";
    }

    /** Fails with {@code undefined_table} when the process has ended or was taken over. */
    public static String shared(int process) {
        return "LOCK TABLE " + table(process) + " IN ROW SHARE MODE";
    }

    public static String exclusive(int process) {
        return "LOCK TABLE " + table(process) + " IN EXCLUSIVE MODE";
    }

    public static String create(int process) {
        return "CREATE TABLE " + table(process) + " (); ALTER TABLE " + table(process) + " REPLICA IDENTITY FULL";
    }

    public static String drop(int process) {
        return "DROP TABLE IF EXISTS " + table(process);
    }
}
