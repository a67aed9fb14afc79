package nexus.replication;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.replication.PublicationPlan.Kind;
import nexus.replication.PublicationPlan.Move;
import nexus.replication.PublicationPlan.Published;

/**
 * The two publications in the source database. They are made before the slot and never dropped: a slot that reads a
 * change from before its publication existed can't go on, ever.
 */
public final class Publications {
    private static final int GENERATED_COLUMNS_SINCE = 180000;
    /** The server waits two seconds for the lock each time; somebody's VACUUM or DDL is over soon, or not at all. */
    private static final int TRIES = 2;
    /** After so long with locked tables the others are only tried: somebody waits for the answer. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

    private static final String SHORT_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'";

    private static final String READ = """
            SELECT p.pubname, p.puballtables,
                   coalesce(pg_catalog.obj_description(p.oid, 'pg_publication'), '') AS comment,
                   ARRAY(SELECT r.prrelid::bigint FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid) AS tables
            FROM pg_catalog.pg_publication p WHERE p.pubname IN (?, ?)""";
    private static final String LOCK = "SELECT pg_advisory_lock(hashtext('nexus.publication'), hashtext(?))";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtext('nexus.publication'), hashtext(?))";

    private final String name;

    public Publications(String name) {
        this.name = name;
    }

    public String name(Kind kind) {
        return kind == Kind.CHANGES ? name : name + "_inserts";
    }

    /** Told of a publication that is about to be made; throws when it must not be yet. */
    @FunctionalInterface
    interface BeforeMade {
        void told(String publication) throws SQLException;
    }

    /** One table that could not be moved. */
    record Refused(Move move, SQLException why) {}

    /** Keeps the other processes from changing the publications meanwhile. Released by {@link #unlock}. */
    void lock(Connection connection) throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                callWithName(connection, LOCK);
                return;
            } catch (SQLException e) {
                if (tries == TRIES || !SourceErrors.is(e, SourceErrors.LOCK_NOT_AVAILABLE)) {
                    throw e;
                }
            }
        }
    }

    void unlock(Connection connection) throws SQLException {
        callWithName(connection, UNLOCK);
    }

    private void callWithName(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    /**
     * Makes the one that is missing, and sees to it that both are this store's.
     *
     * @return what they publish
     * @throws CannotCapture blocked, when a right is missing or they belong to another store
     */
    Map<Kind, Published> ensure(Connection connection, UUID store, BeforeMade beforeMade) throws SQLException {
        Map<Kind, Row> rows = read(connection);
        for (Kind kind : Kind.values()) {
            Row row = rows.get(kind);
            if (row == null) {
                create(connection, kind, store, beforeMade);
            } else {
                claim(connection, kind, row, store);
            }
        }
        return rows.size() < Kind.values().length ? published(connection) : published(rows);
    }

    Map<Kind, Published> published(Connection connection) throws SQLException {
        return published(read(connection));
    }

    private static Map<Kind, Published> published(Map<Kind, Row> rows) {
        Map<Kind, Published> published = new EnumMap<>(Kind.class);
        rows.forEach((kind, row) -> published.put(
                kind,
                new Published(
                        row.allTables(),
                        row.tables(),
                        row.note().map(PublicationNote::added).orElse(Set.of()))));
        return published;
    }

    /** All moves in one transaction; when one of them does not work, each in its own. */
    List<Refused> apply(Connection connection, List<Move> moves) throws SQLException {
        long deadline = System.nanoTime() + LONGEST_WAIT.toNanos();
        List<Refused> refused = new ArrayList<>();
        if (moves.isEmpty() || tryToApply(connection, moves, true).isEmpty()) {
            return refused;
        }
        for (Move move : moves) {
            boolean mayWait = System.nanoTime() < deadline;
            Optional<SQLException> problem = tryToApply(connection, List.of(move), mayWait);
            problem.ifPresent(why -> refused.add(new Refused(move, why)));
        }
        return refused;
    }

    /** What an administrator would run. */
    public String sql(Move move) {
        StringBuilder sql = new StringBuilder();
        move.from().ifPresent(kind -> sql.append("ALTER PUBLICATION ")
                .append(SqlName.quoted(name(kind)))
                .append(" DROP TABLE ONLY ")
                .append(move.table().quotedName())
                .append("; "));
        move.to().ifPresent(kind -> sql.append("ALTER PUBLICATION ")
                .append(SqlName.quoted(name(kind)))
                .append(" ADD TABLE ONLY ") // not the tables that inherit from it
                .append(move.table().quotedName())
                .append(';'));
        return sql.toString().strip();
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

    private Optional<SQLException> tryToApply(Connection connection, List<Move> moves, boolean mayWait)
            throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            if (!mayWait) {
                statement.execute(SHORT_LOCK_TIMEOUT);
            }
            for (Move move : moves) {
                statement.execute(sql(move));
            }
            for (Map.Entry<Kind, Row> read : read(connection).entrySet()) {
                remember(connection, read.getKey(), read.getValue(), moves);
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

    private void remember(Connection connection, Kind kind, Row row, List<Move> moves) throws SQLException {
        Optional<PublicationNote> before = row.note();
        if (before.isPresent()) {
            PublicationNote after = before.get();
            for (Move move : moves) {
                if (move.to().filter(kind::equals).isPresent()) {
                    after = after.with(move.table().oid());
                } else if (move.from().filter(kind::equals).isPresent()) {
                    after = after.without(move.table().oid());
                }
            }
            after = after.retaining(row.tables());
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
            if (SourceErrors.is(e, SourceErrors.INSUFFICIENT_PRIVILEGE)) {
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
    private void claim(Connection connection, Kind kind, Row row, UUID store) throws SQLException {
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
                if (!SourceErrors.is(e, SourceErrors.INSUFFICIENT_PRIVILEGE)) {
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
    private Map<Kind, Row> read(Connection connection) throws SQLException {
        Map<Kind, Row> rows = new EnumMap<>(Kind.class);
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setString(1, name(Kind.CHANGES));
            statement.setString(2, name(Kind.INSERTS));
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    Kind kind = found.getString("pubname").equals(name) ? Kind.CHANGES : Kind.INSERTS;
                    Long[] tables = (Long[]) found.getArray("tables").getArray();
                    rows.put(
                            kind,
                            new Row(found.getBoolean("puballtables"), found.getString("comment"), Set.of(tables)));
                }
            }
        }
        return rows;
    }

    private record Row(boolean allTables, String comment, Set<Long> tables) {
        Optional<PublicationNote> note() {
            return PublicationNote.parse(comment);
        }
    }
}
