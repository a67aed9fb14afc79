package nexus.replication.position;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nexus.api.caller.AuditedChange;
import nexus.capture.ResumePoint;
import nexus.intake.CheckpointLostException;
import nexus.pgoutput.Lsn;
import nexus.replication.state.CaptureState.Gap;
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

    private static final String FIND = "SELECT " + COLUMNS + " FROM source_position WHERE source = $1";

    private static final String CREATE = """
            INSERT INTO source_position (source, system_id, timeline, generation, checkpoint, options_hash)
            VALUES ($1, $2, $3, 0, $4, $5)
            ON CONFLICT (source) DO NOTHING""";

    /** Waits for a transaction of the previous process that still locks the row; the next one of that process fails. */
    private static final String TAKE_OVER =
            "UPDATE source_position SET generation = generation + 1 WHERE source = $1 RETURNING " + COLUMNS;

    private static final String REQUEST_RESET =
            "UPDATE source_position SET reset_requested_at = now() WHERE source = $1";

    private static final String MOVE = """
            UPDATE source_position
            SET system_id = $3, timeline = $4, checkpoint = $5, options_hash = $6, updated_at = now(),
                reset_requested_at = NULL
            WHERE source = $1 AND generation = $2""";

    private static final String ADD_GAP = """
            INSERT INTO source_gap (slot, from_lsn, to_lsn, since, noticed_at, reason)
            VALUES ($1, $2::text::pg_lsn, $3::text::pg_lsn, $4, $5, $6)""";

    private static final String LAST_GAP = """
            SELECT from_lsn::text AS from_lsn, to_lsn::text AS to_lsn, since, noticed_at, reason
            FROM source_gap WHERE slot = $1 ORDER BY id DESC LIMIT 1""";

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
        return store.api().preparedQuery(FIND).execute(Tuple.of(slot)).map(SourcePositionRepository::first);
    }

    /**
     * Requests a reset, which stays requested until the position moves: because it was set elsewhere, or because the
     * slot works again.
     *
     * @return whether a position of this slot exists, that is, whether capture has ever begun
     */
    public Future<Boolean> requestReset(String slot, AuditedChange audited) {
        return store.api()
                .withTransaction(transaction -> transaction
                        .preparedQuery(REQUEST_RESET)
                        .execute(Tuple.of(slot))
                        .compose(done -> done.rowCount() == 1
                                ? audited.complete(transaction, slot).map(done)
                                : Future.succeededFuture(done)))
                .map(done -> done.rowCount() == 1);
    }

    /** Takes the row over, after which no other process can move the position; empty when there is no row yet. */
    public Future<Optional<Stored>> takeOver(String slot) {
        return store.api().preparedQuery(TAKE_OVER).execute(Tuple.of(slot)).map(SourcePositionRepository::first);
    }

    /** Creates the row; does nothing when it exists. */
    public Future<Void> create(String slot, String systemId, int timeline, Lsn doneEnd, String optionsHash) {
        return store.api()
                .preparedQuery(CREATE)
                .execute(Tuple.of(
                        slot, systemId, timeline, ResumePoint.between(doneEnd).text(), optionsHash))
                .mapEmpty();
    }

    /**
     * Moves the position and records the gaps that this leaves.
     *
     * @return a future that fails with {@link CheckpointLostException} when another process has taken over in the
     *     meantime
     */
    public Future<Void> move(SourcePosition to, String optionsHash, List<Gap> gaps) {
        return store.api()
                .withTransaction(transaction -> transaction
                        .preparedQuery(MOVE)
                        .execute(moveParameters(to, optionsHash))
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
        return store.api().preparedQuery(LAST_GAP).execute(Tuple.of(slot)).map(rows -> {
            for (Row row : rows) {
                return Optional.of(new Gap(
                        Optional.ofNullable(row.getString("from_lsn")),
                        Optional.ofNullable(row.getString("to_lsn")),
                        Optional.ofNullable(row.getOffsetDateTime("since")).map(since -> since.toInstant()),
                        row.getOffsetDateTime("noticed_at").toInstant(),
                        row.getString("reason")));
            }
            return Optional.empty();
        });
    }

    private static Tuple moveParameters(SourcePosition to, String optionsHash) {
        return Tuple.of(
                to.slot(),
                to.generation(),
                to.systemId(),
                to.timeline(),
                to.point().text(),
                optionsHash);
    }

    private static Future<Void> addGaps(SqlConnection connection, String slot, List<Gap> gaps) {
        List<Tuple> rows = gaps.stream()
                .map(gap -> Tuple.from(Arrays.asList(
                        slot,
                        gap.from().orElse(null),
                        gap.to().orElse(null),
                        Rows.utc(gap.since()),
                        Rows.utc(gap.noticedAt()),
                        gap.reason())))
                .toList();
        Future<Void> done = Future.succeededFuture();
        for (Tuple row : rows) {
            done = done.compose(
                    before -> connection.preparedQuery(ADD_GAP).execute(row).mapEmpty());
        }
        return done;
    }

    private static Optional<Stored> first(RowSet<Row> rows) {
        for (Row row : rows) {
            return Optional.of(stored(row));
        }
        return Optional.empty();
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
