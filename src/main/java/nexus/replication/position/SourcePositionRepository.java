package nexus.replication.position;

import static nexus.store.NamedSql.parameter;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nexus.api.caller.AuditedChange;
import nexus.capture.ResumePoint;
import nexus.intake.CheckpointLostException;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState.Gap;
import nexus.store.NamedSql;
import nexus.store.Rows;
import nexus.store.Store;

/**
 * Creates and takes over the row of {@code source_position}, which only intake advances. Writes {@code source_gap}, and
 * moves the position past a gap in the same transaction.
 */
@Singleton
public class SourcePositionRepository {
    private static final String COLUMNS = """
            source, system_id, timeline, generation, checkpoint, options_hash, updated_at,
            coalesce(reset_requested_at >= updated_at, false) AS reset_requested""";

    private static final NamedSql FIND =
            NamedSql.of("SELECT " + COLUMNS + " FROM source_position WHERE source = :source", "source");

    private static final NamedSql.From<Placed> CREATE = NamedSql.from(
            """
            INSERT INTO source_position (source, system_id, timeline, generation, checkpoint, options_hash)
            VALUES (:source, :system_id, :timeline, :generation, :checkpoint, :options_hash)
            ON CONFLICT (source) DO NOTHING""",
            parameter("source", placed -> placed.at().slot()),
            parameter("system_id", placed -> placed.at().systemId()),
            parameter("timeline", placed -> placed.at().timeline()),
            parameter("generation", placed -> placed.at().generation()),
            parameter("checkpoint", placed -> placed.at().point().text()),
            parameter("options_hash", Placed::optionsHash));

    /** Waits for a transaction of the previous process that still locks the row; the next one of that process fails. */
    private static final NamedSql TAKE_OVER = NamedSql.of(
            "UPDATE source_position SET generation = generation + 1 WHERE source = :source RETURNING " + COLUMNS,
            "source");

    private static final NamedSql REQUEST_RESET =
            NamedSql.of("UPDATE source_position SET reset_requested_at = now() WHERE source = :source", "source");

    private static final NamedSql.From<Placed> MOVE = NamedSql.from(
            """
            UPDATE source_position
            SET system_id = :system_id, timeline = :timeline, checkpoint = :checkpoint, options_hash = :options_hash,
                updated_at = now(), reset_requested_at = NULL
            WHERE source = :source AND generation = :generation""",
            parameter("source", placed -> placed.at().slot()),
            parameter("generation", placed -> placed.at().generation()),
            parameter("system_id", placed -> placed.at().systemId()),
            parameter("timeline", placed -> placed.at().timeline()),
            parameter("checkpoint", placed -> placed.at().point().text()),
            parameter("options_hash", Placed::optionsHash));

    private record Placed(SourcePosition at, String optionsHash) {}

    private static final NamedSql.From<GapOf> ADD_GAP = NamedSql.from(
            """
            INSERT INTO source_gap (slot, from_lsn, to_lsn, since, noticed_at, reason)
            VALUES (:slot, :from_lsn::text::pg_lsn, :to_lsn::text::pg_lsn, :since, :noticed_at, :reason)""",
            parameter("slot", GapOf::slot),
            parameter("from_lsn", of -> of.gap().from().orElse(null)),
            parameter("to_lsn", of -> of.gap().to().orElse(null)),
            parameter("since", of -> Rows.utc(of.gap().since())),
            parameter("noticed_at", of -> Rows.utc(of.gap().noticedAt())),
            parameter("reason", of -> of.gap().reason()));

    private record GapOf(String slot, Gap gap) {}

    private static final NamedSql LAST_GAP = NamedSql.of("""
            SELECT from_lsn::text AS from_lsn, to_lsn::text AS to_lsn, since, noticed_at, reason
            FROM source_gap WHERE slot = :slot ORDER BY id DESC LIMIT 1""", "slot");

    private static final NamedSql GAPS = NamedSql.of("""
            SELECT id, from_lsn::text AS from_lsn, to_lsn::text AS to_lsn, since, noticed_at, reason
            FROM source_gap WHERE slot = :slot AND id < :below ORDER BY id DESC LIMIT :limit""", "slot", "below", "limit");

    private final Store store;

    @Inject
    public SourcePositionRepository(Store store) {
        this.store = store;
    }

    /**
     * A stored row.
     *
     * @param optionsHash hash of the options of the stream, on which the ordinals depend
     * @param updatedAt when the position last moved
     * @param isResetRequested whether an operator has requested a new slot and the position has not moved since
     */
    public record Stored(SourcePosition position, String optionsHash, Instant updatedAt, boolean isResetRequested) {}

    public Future<Optional<Stored>> find(String slot) {
        return FIND.on(store.api(), slot).map(rows -> Rows.first(rows, SourcePositionRepository::stored));
    }

    /**
     * Requests a reset, which stays requested until the position moves: because it was set elsewhere, or because the
     * slot works again.
     *
     * @return whether a position of this slot exists, that is, whether capture has ever begun
     */
    public Future<Boolean> requestReset(String slot, AuditedChange audited) {
        return store.api()
                .withTransaction(transaction -> REQUEST_RESET
                        .on(transaction, slot)
                        .compose(done -> done.rowCount() == 1
                                ? audited.complete(transaction, slot).map(done)
                                : Future.succeededFuture(done)))
                .map(done -> done.rowCount() == 1);
    }

    /** Takes the row over, after which no other process can move the position; empty when there is no row yet. */
    public Future<Optional<Stored>> takeOver(String slot) {
        return TAKE_OVER.on(store.api(), slot).map(rows -> Rows.first(rows, SourcePositionRepository::stored));
    }

    /** Creates the row; does nothing when it exists. */
    public Future<Void> create(String slot, String systemId, int timeline, Lsn doneEnd, String optionsHash) {
        SourcePosition first = new SourcePosition(slot, systemId, timeline, 0, ResumePoint.between(doneEnd));
        return CREATE.on(store.api(), new Placed(first, optionsHash)).mapEmpty();
    }

    /**
     * Moves the position and records the gaps that this leaves.
     *
     * @return a future that fails with {@link CheckpointLostException} when another process has taken over in the
     *     meantime
     */
    public Future<Void> move(SourcePosition to, String optionsHash, List<Gap> gaps) {
        return store.api()
                .withTransaction(transaction -> MOVE.on(transaction, new Placed(to, optionsHash))
                        .compose(moved -> moved.rowCount() == 1
                                ? addGaps(transaction, to.slot(), gaps)
                                : Future.failedFuture(new CheckpointLostException(to.slot()))))
                .mapEmpty();
    }

    Future<Void> addGap(String slot, Gap gap) {
        return store.api()
                .withConnection(connection -> addGaps(connection, slot, List.of(gap)))
                .mapEmpty();
    }

    public Future<Optional<Gap>> lastGap(String slot) {
        return LAST_GAP.on(store.api(), slot).map(rows -> Rows.first(rows, SourcePositionRepository::gap));
    }

    /** A recorded gap with its number. */
    public record NumberedGap(long id, Gap gap) {}

    /** The newest first. */
    public Future<List<NumberedGap>> gaps(String slot, long below, int limit) {
        return GAPS.on(store.api(), slot, below, limit)
                .map(rows -> Rows.all(rows, row -> new NumberedGap(row.getLong("id"), gap(row))));
    }

    private static Gap gap(Row row) {
        return new Gap(
                Optional.ofNullable(row.getString("from_lsn")),
                Optional.ofNullable(row.getString("to_lsn")),
                Rows.time(row, "since"),
                row.getOffsetDateTime("noticed_at").toInstant(),
                row.getString("reason"));
    }

    private static Future<Void> addGaps(SqlConnection connection, String slot, List<Gap> gaps) {
        Future<Void> done = Future.succeededFuture();
        for (Gap gap : gaps) {
            done = done.compose(
                    before -> ADD_GAP.on(connection, new GapOf(slot, gap)).mapEmpty());
        }
        return done;
    }

    private static Stored stored(Row row) {
        SourcePosition position = new SourcePosition(
                row.getString("source"),
                row.getString("system_id"),
                row.getInteger("timeline"),
                row.getLong("generation"),
                ResumePoint.parse(row.getString("checkpoint")));
        return new Stored(
                position,
                row.getString("options_hash"),
                row.getOffsetDateTime("updated_at").toInstant(),
                row.getBoolean("reset_requested"));
    }
}
