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
     * @param commitLsn of the transaction's commit record: known before its rows come
     * @param xid unsigned; wraps around and starts again after a restore
     */
    record Begin(Lsn commitLsn, Instant committedAt, long xid) implements PgOutputMessage {}

    /** @param endLsn just behind the commit record: what is confirmed to the server */
    record Commit(Lsn commitLsn, Lsn endLsn, Instant committedAt) implements PgOutputMessage {}

    /** What the rows of a table look like from here on. */
    record Relation(int oid, String schema, String table, ReplicaIdentity identity, List<Column> columns)
            implements PgOutputMessage {
        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /** @param isInIdentity part of the replica identity; under {@link ReplicaIdentity#FULL} every column is */
    record Column(String name, int typeOid, int typeModifier, boolean isInIdentity) {}

    /** {@code pg_class.relreplident}. */
    enum ReplicaIdentity {
        /** The primary key, if there is one. */
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
     * @param keyOnly only the columns of the replica identity are known (mark K): the others read as null and are not;
     *     otherwise the whole old row (mark O)
     */
    record OldRow(boolean keyOnly, TupleData values) {}

    record Truncate(List<Integer> relationOids, boolean cascade, boolean restartIdentity) implements PgOutputMessage {
        public Truncate {
            relationOids = List.copyOf(relationOids);
        }
    }

    /** A type that is not built in; comes before the RELATION message that uses it. */
    record Type(int oid, String schema, String name) implements PgOutputMessage {}

    /** The transaction was replicated into the source database from elsewhere. */
    record Origin(Lsn commitLsn, String name) implements PgOutputMessage {}

    /**
     * Written with {@code pg_logical_emit_message}.
     *
     * @param transactional otherwise it comes at once, outside BEGIN and COMMIT, also when its transaction rolls back
     * @param content read-only
     */
    record LogicalMessage(boolean transactional, Lsn lsn, String prefix, ByteBuffer content)
            implements PgOutputMessage {}
}
