package nexus.replication.slot;

import java.time.Duration;
import nexus.replication.source.SqlName;

/** A transaction that has not ended: of a session, or a prepared one, which has no process. */
public sealed interface OpenTransaction {
    /** Since it began, or since it was prepared. */
    Duration age();

    /** The transaction in words: {@code the transaction of pid 42}. */
    String inWords();

    /** The SQL that ends it. */
    String endingSql();

    record OfSession(int pid, Duration age) implements OpenTransaction {
        @Override
        public String inWords() {
            return "the transaction of pid " + pid;
        }

        @Override
        public String endingSql() {
            return "SELECT pg_terminate_backend(" + pid + ");";
        }
    }

    /** @param gid the name that its application gave it */
    record Prepared(String gid, Duration age) implements OpenTransaction {
        @Override
        public String inWords() {
            return "the prepared transaction " + SqlName.literal(gid);
        }

        @Override
        public String endingSql() {
            return "COMMIT PREPARED " + SqlName.literal(gid) + "; or ROLLBACK PREPARED " + SqlName.literal(gid) + ";";
        }
    }
}
