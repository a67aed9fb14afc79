package nexus.replication.publication;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import nexus.notation.SqlState;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.PublicationPlan.Move;
import nexus.replication.publication.PublicationPlan.Step;
import nexus.replication.source.SourceErrors;
import nexus.replication.source.SqlName;
import nexus.replication.state.CannotCapture;
import nexus.replication.table.Published;

/**
 * The two publications in the source database. They are created before the slot and never dropped, because a slot can
 * never read past a change from before its publication existed.
 */
public final class Publications {
    private static final int GENERATED_COLUMNS_SINCE = 180000;
    /**
     * After waiting this long for locked tables, the remaining moves do not wait for locks, since a caller awaits the
     * response.
     */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private static final String SHORT_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'";

    private final String name;

    public Publications(String name) {
        this.name = name;
    }

    public String name(Kind kind) {
        return kind == Kind.CHANGES ? name : name + "_inserts";
    }

    /** Called before a publication is created; throws when it must not be created yet. */
    @FunctionalInterface
    public interface BeforeCreation {
        void onMissing(String publication) throws SQLException;
    }

    /** A move that failed. */
    public record Refused(Move move, SQLException why) {}

    /**
     * Creates a missing publication, and verifies that both belong to this store.
     *
     * @return the contents of the publications
     * @throws CannotCapture with status blocked, when a right is missing or a publication belongs to another store
     */
    public Map<Kind, Published> ensure(Connection connection, UUID store, BeforeCreation beforeCreation)
            throws SQLException {
        Map<Kind, PublicationRow> rows = read(connection, true);
        for (Kind kind : Kind.values()) {
            PublicationRow row = rows.get(kind);
            if (row == null) {
                create(connection, kind, store, beforeCreation);
            } else {
                claim(connection, kind, row, store);
            }
        }
        return rows.size() < Kind.values().length ? published(connection) : published(rows);
    }

    public Map<Kind, Published> published(Connection connection) throws SQLException {
        return published(read(connection, true));
    }

    private static Map<Kind, Published> published(Map<Kind, PublicationRow> rows) {
        Map<Kind, Published> published = new EnumMap<>(Kind.class);
        rows.forEach((kind, row) -> published.put(kind, row.published()));
        return published;
    }

    /** Applies all moves in one transaction; if one of them fails, applies each in its own. */
    public List<Refused> apply(Connection connection, List<Move> moves) throws SQLException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        List<Refused> refused = new ArrayList<>();
        if (moves.isEmpty() || tryToApply(connection, moves, true, false).isEmpty()) {
            return refused;
        }
        for (Move move : moves) {
            boolean mayWait = System.nanoTime() < deadline;
            Optional<SQLException> problem = tryToApply(connection, List.of(move), mayWait, true);
            problem.ifPresent(why -> refused.add(new Refused(move, why)));
        }
        return refused;
    }

    /** The SQL of a move for an administrator. */
    public String sql(Move move) {
        return move.steps().stream().map(this::sql).collect(Collectors.joining(" "));
    }

    private String sql(Step step) {
        return "ALTER PUBLICATION " + SqlName.quoted(name(step.kind()))
                + (step.isAdded() ? " ADD" : " DROP")
                + " TABLE ONLY " // excludes the tables that inherit from it
                + step.relation().quotedName()
                + (step.isAdded() ? step.as().sql() : "")
                + ';';
    }

    /** @param serverVersion the value of {@code server_version_num} */
    public String creationSql(Kind kind, int serverVersion) {
        return "CREATE PUBLICATION " + SqlName.quoted(name(kind)) + " WITH (publish = '" + operations(kind) + "'"
                + (serverVersion >= GENERATED_COLUMNS_SINCE ? ", publish_generated_columns = stored" : "") + ")";
    }

    /** The value of the option {@code publish} of CREATE PUBLICATION. */
    public static String operations(Kind kind) {
        return kind == Kind.CHANGES ? "insert, update, delete, truncate" : "insert, truncate";
    }

    /** @param skipping whether steps that can wait are left out when they fail */
    private Optional<SQLException> tryToApply(
            Connection connection, List<Move> moves, boolean mayWait, boolean skipping) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (!mayWait) {
                statement.execute(SHORT_LOCK_TIMEOUT);
            }
            List<Step> done = new ArrayList<>();
            for (Move move : moves) {
                for (Step step : move.steps()) {
                    if (!step.as().isFilterKnown()) {
                        throw new SQLException("the table is locked", SqlState.LOCK_NOT_AVAILABLE);
                    }
                    if (skipping && step.canWait()) {
                        statement.execute(SHORT_LOCK_TIMEOUT);
                        if (!isApplied(connection, statement, step)) {
                            continue;
                        }
                    } else {
                        statement.execute(sql(step));
                    }
                    done.add(step);
                }
            }
            for (Map.Entry<Kind, PublicationRow> read : read(connection, false).entrySet()) {
                remember(connection, read.getKey(), read.getValue(), done);
            }
            connection.commit();
            return Optional.empty();
        } catch (SQLException e) {
            if (SourceErrors.connectionIsGone(e)) {
                throw e;
            }
            connection.rollback();
            return Optional.of(e);
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
        }
    }

    /**
     * Runs a step. A partition that is locked is added at the next check, so that it does not delay its partitioned
     * table.
     */
    private boolean isApplied(Connection connection, Statement statement, Step step) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            statement.execute(sql(step));
            connection.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (SourceErrors.connectionIsGone(e)) {
                throw e;
            }
            connection.rollback(before);
            return false;
        }
    }

    private void remember(Connection connection, Kind kind, PublicationRow row, List<Step> done) throws SQLException {
        Optional<PublicationNote> before = row.note();
        if (before.isPresent()) {
            PublicationNote after = before.get();
            for (Step step : done) {
                if (step.kind() == kind) {
                    long oid = step.relation().oid();
                    after = step.isAdded() && step.isNoted() ? after.with(oid) : after.without(oid);
                }
            }
            after = after.retaining(row.members().keySet());
            if (!after.equals(before.get())) {
                comment(connection, kind, after);
            }
        }
    }

    private void create(Connection connection, Kind kind, UUID store, BeforeCreation beforeCreation)
            throws SQLException {
        String sql = creationSql(kind, connection.getMetaData().getDatabaseMajorVersion() * 10000);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            comment(connection, kind, new PublicationNote(store, Set.of()));
            beforeCreation.onMissing(name(kind));
            connection.commit();
        } catch (RuntimeException e) {
            connection.rollback();
            throw e;
        } catch (SQLException e) {
            if (SourceErrors.connectionIsGone(e)) {
                throw e;
            }
            connection.rollback();
            if (SqlState.is(e, SqlState.INSUFFICIENT_PRIVILEGE)) {
                throw CannotCapture.blocked("the role may not make a publication; an administrator can: " + sql
                        + "; or GRANT CREATE ON DATABASE " + SqlName.quoted(connection.getCatalog()) + " TO "
                        + SqlName.quoted(connection.getMetaData().getUserName()));
            }
            throw e;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
        }
    }

    /** Writes the note of Nexus to a publication that an administrator created, if Nexus has the right to. */
    private void claim(Connection connection, Kind kind, PublicationRow row, UUID store) throws SQLException {
        if (row.note().isPresent()) {
            if (!row.note().get().store().equals(store)) {
                throw CannotCapture.blocked("the publication " + name(kind)
                        + " belongs to another Nexus store; give this one a NEXUS_SLOT and NEXUS_PUBLICATION of its own,"
                        + " or, if that store is gone for good, run: COMMENT ON PUBLICATION "
                        + SqlName.quoted(name(kind)) + " IS NULL");
            }
        } else if (row.comment().isEmpty()) {
            try {
                comment(connection, kind, new PublicationNote(store, Set.of()));
            } catch (SQLException e) {
                if (SourceErrors.connectionIsGone(e)) { // otherwise capture works without the note
                    throw e;
                }
            }
        }
    }

    private void comment(Connection connection, Kind kind, PublicationNote note) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "COMMENT ON PUBLICATION " + SqlName.quoted(name(kind)) + " IS " + SqlName.literal(note.text()));
        }
    }

    /** Reads the existing publications by kind. */
    private Map<Kind, PublicationRow> read(Connection connection, boolean withFilters) throws SQLException {
        return PublicationRow.read(
                connection, Map.of(name(Kind.CHANGES), Kind.CHANGES, name(Kind.INSERTS), Kind.INSERTS), withFilters);
    }
}
