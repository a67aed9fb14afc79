package nexus.pgoutput;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One message of the {@code pgoutput} plugin, protocol version 1. Object ids are unsigned 32-bit numbers in an
 * {@code int}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html">Logical Replication
 *     Message Formats</a>
 */
public sealed interface PgOutputMessage {

    /**
     * @param commitLsn of the transaction's commit record, which is known before its rows
     * @param xid unsigned; wraps around, and may repeat after a restore
     */
    record Begin(Lsn commitLsn, Instant committedAt, long xid) implements PgOutputMessage {}

    /** @param endLsn the end of the commit record, which is confirmed to the server */
    record Commit(Lsn commitLsn, Lsn endLsn, Instant committedAt) implements PgOutputMessage {}

    /** The columns of a table for the rows that follow. */
    record Relation(int oid, String schema, String table, ReplicaIdentity identity, List<Column> columns)
            implements PgOutputMessage {
        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /** @param isInIdentity whether it is part of the replica identity; under {@link ReplicaIdentity#FULL} every column is */
    record Column(String name, int typeOid, int typeModifier, boolean isInIdentity) {}

    /** {@code pg_class.relreplident}. */
    enum ReplicaIdentity {
        /** The primary key, if any. */
        DEFAULT,
        NOTHING,
        FULL,
        INDEX
    }

    record Insert(int relationOid, TupleData after) implements PgOutputMessage {}

    /** @param before empty when neither the identity changed nor the whole old row is in the WAL: the old row is unknown */
    record Update(int relationOid, Optional<OldRow> before, TupleData after) implements PgOutputMessage {}

    record Delete(int relationOid, OldRow before) implements PgOutputMessage {}

    /**
     * @param keyOnly only the columns of the replica identity are known (mark K), and the others read as null although
     *     they may not be; otherwise the whole old row is known (mark O)
     */
    record OldRow(boolean keyOnly, TupleData values) {}

    record Truncate(List<Integer> relationOids, boolean cascade, boolean restartIdentity) implements PgOutputMessage {
        public Truncate {
            relationOids = List.copyOf(relationOids);
        }
    }

    /** A type that is not built in. It precedes the RELATION message that uses it. */
    record Type(int oid, String schema, String name) implements PgOutputMessage {}

    /** The transaction was replicated into the source database from another one. */
    record Origin(Lsn commitLsn, String name) implements PgOutputMessage {}

    /**
     * Written with {@code pg_logical_emit_message}.
     *
     * @param transactional if not, it arrives at once, outside BEGIN and COMMIT, even if its transaction is rolled back
     * @param content read-only
     */
    record LogicalMessage(boolean transactional, Lsn lsn, String prefix, ByteBuffer content)
            implements PgOutputMessage {}
}
