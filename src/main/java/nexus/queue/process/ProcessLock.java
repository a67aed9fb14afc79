package nexus.queue.process;

/**
 * The lock of a process, on an empty table of its own. Settlements, and intake that stores packed rows, hold it in shared
 * mode, because they rely on the shards of the process. Releasing shards and ending the process take it exclusively; the end
 * also drops the table. Shared locks of a single row would cost a multixact for each transaction.
 */
public final class ProcessLock {
    private ProcessLock() {}

    /** The name of the table with its schema; a process is a number. */
    public static String table(int process) {
        return "nexus.process_" + process + "_lock";
    }

    /** Fails with {@code undefined_table} when the process has left or was taken over. */
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
