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
 * The two publications in the source database. They are made before the slot and never dropped: a slot that reads a
 * change from before its publication existed can't go on, ever.
 */
public final class Publications {
    private static final int GENERATED_COLUMNS_SINCE = 180000;
    /** After so long with locked tables the others are only tried: somebody waits for the answer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private static final String SHORT_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'";

    private final String name;

    public Publications(String name) {
        this.name = name;
    }

    public String name(Kind kind) {
        return kind == Kind.CHANGES ? name : name + "_inserts";
    }

    /** Told of a publication that is about to be made; throws when it must not be yet. */
    @FunctionalInterface
    public interface BeforeMade {
        void told(String publication) throws SQLException;
    }

    /** One table that could not be moved. */
    public record Refused(Move move, SQLException why) {}

    /**
     * Makes the one that is missing, and sees to it that both are this store's.
     *
     * @return what they publish
     * @throws CannotCapture blocked, when a right is missing or they belong to another store
     */
    public Map<Kind, Published> ensure(Connection connection, UUID store, BeforeMade beforeMade) throws SQLException {
        Map<Kind, PublicationRow> rows = read(connection);
        for (Kind kind : Kind.values()) {
            PublicationRow row = rows.get(kind);
            if (row == null) {
                create(connection, kind, store, beforeMade);
            } else {
                claim(connection, kind, row, store);
            }
        }
        return rows.size() < Kind.values().length ? published(connection) : published(rows);
    }

    public Map<Kind, Published> published(Connection connection) throws SQLException {
        return published(read(connection));
    }

    private static Map<Kind, Published> published(Map<Kind, PublicationRow> rows) {
        Map<Kind, Published> published = new EnumMap<>(Kind.class);
        rows.forEach((kind, row) -> published.put(kind, row.published()));
        return published;
    }

    /** All moves in one transaction; when one of them does not work, each in its own. */
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

    /** What an administrator would run. */
    public String sql(Move move) {
        return move.steps().stream().map(this::sql).collect(Collectors.joining(" "));
    }

    private String sql(Step step) {
        return "ALTER PUBLICATION " + SqlName.quoted(name(step.kind()))
                + (step.isAdded() ? " ADD" : " DROP")
                + " TABLE ONLY " // not the tables that inherit from it
                + step.relation().quotedName()
                + (step.isAdded() ? step.as().sql() : "")
                + ';';
    }

    /** @param serverVersion as in {@code server_version_num} */
    public String creationSql(Kind kind, int serverVersion) {
        return "CREATE PUBLICATION " + SqlName.quoted(name(kind)) + " WITH (publish = '" + operations(kind) + "'"
                + (serverVersion >= GENERATED_COLUMNS_SINCE ? ", publish_generated_columns = stored" : "") + ")";
    }

    /** As in {@code publish} of CREATE PUBLICATION. */
    public static String operations(Kind kind) {
        return kind == Kind.CHANGES ? "insert, update, delete, truncate" : "insert, truncate";
    }

    /** @param skipping whether steps that can wait are left out when they don't work */
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
                    if (skipping && step.canWait()) {
                        statement.execute(SHORT_LOCK_TIMEOUT);
                        if (!isDone(connection, statement, step)) {
                            continue;
                        }
                    } else {
                        statement.execute(sql(step));
                    }
                    done.add(step);
                }
            }
            for (Map.Entry<Kind, PublicationRow> read : read(connection).entrySet()) {
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

    /** A partition that is locked is added at the next look; the table that it is a part of is not held up. */
    private boolean isDone(Connection connection, Statement statement, Step step) throws SQLException {
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

    private void create(Connection connection, Kind kind, UUID store, BeforeMade beforeMade) throws SQLException {
        String sql = creationSql(kind, connection.getMetaData().getDatabaseMajorVersion() * 10000);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            comment(connection, kind, new PublicationNote(store, Set.of()));
            beforeMade.told(name(kind));
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

    /** A publication that an administrator made for Nexus carries no note; it gets one if Nexus may write it. */
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
                if (SourceErrors.connectionIsGone(e)) { // else capture does without the note
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

    /** Those that exist, by what they are for. */
    private Map<Kind, PublicationRow> read(Connection connection) throws SQLException {
        return PublicationRow.read(
                connection, Map.of(name(Kind.CHANGES), Kind.CHANGES, name(Kind.INSERTS), Kind.INSERTS));
    }
}
