package nexus.replication.slot;

import java.time.Duration;
import nexus.replication.source.SqlName;

/** An open transaction: that of a session, or a prepared one, which has no process. */
public sealed interface OpenTransaction {
    /** The time since it began or was prepared. */
    Duration age();

    /** A description such as {@code the transaction of pid 42}. */
    String describe();

    /** The SQL that ends it. */
    String endingSql();

    record OfSession(int pid, Duration age) implements OpenTransaction {
        @Override
        public String describe() {
            return "the transaction of pid " + pid;
        }

        @Override
        public String endingSql() {
            return "SELECT pg_terminate_backend(" + pid + ");";
        }
    }

    /** @param gid the name that the application gave to the transaction */
    record Prepared(String gid, Duration age) implements OpenTransaction {
        @Override
        public String describe() {
            return "the prepared transaction " + SqlName.literal(gid);
        }

        @Override
        public String endingSql() {
            return "COMMIT PREPARED " + SqlName.literal(gid) + "; or ROLLBACK PREPARED " + SqlName.literal(gid) + ";";
        }
    }
}
