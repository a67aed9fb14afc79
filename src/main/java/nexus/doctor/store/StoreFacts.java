package nexus.doctor.store;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import nexus.event.TypePattern;
import nexus.pgoutput.Lsn;
import nexus.replication.position.SourcePosition;
import nexus.store.SingleValue;
import nexus.store.migration.AppliedMigration;
import nexus.store.migration.MigrationHistory;
import nexus.store.migration.SchemaTrust;

/**
 * The facts in the store that concern its databases.
 *
 * @param store the identity of the store, which its publications carry
 * @param applied applied migrations, the oldest first
 * @param wanted the event types of enabled subscriptions
 * @param troubles of the last week, by kind
 * @param secrets one secret for each encryption key in use, with its subscription
 */
public record StoreFacts(
        UUID store,
        List<AppliedMigration> applied,
        List<TypePattern> wanted,
        Optional<Position> position,
        Optional<Gap> gap,
        List<Trouble> troubles,
        Map<UUID, byte[]> secrets) {

    public record Position(String systemId, Lsn doneEnd) {}

    record Gap(Optional<String> from, Optional<String> to, Optional<Instant> since, Instant noticedAt, String reason) {}

    /**
     * Row changes that could not be stored unchanged.
     *
     * @param of table or event type of the last one
     */
    record Trouble(String kind, long count, Instant firstAt, Instant lastAt, String of, String reason) {}

    private static final String IS_MADE = "SELECT to_regclass('nexus.flyway_schema_history') IS NOT NULL"
            + " AND to_regclass('nexus.source_gap') IS NOT NULL";
    private static final String STORE = "SELECT id FROM nexus.store";
    private static final String WANTED = """
            SELECT ARRAY(SELECT jsonb_array_elements_text(settings -> 'eventTypes')) AS event_types
            FROM nexus.subscription WHERE deleted_at IS NULL ORDER BY lane""";
    private static final String POSITION = """
            SELECT system_id, checkpoint FROM nexus.source_position WHERE source = ?""";
    private static final String GAP = """
            SELECT from_lsn::text AS from_lsn, to_lsn::text AS to_lsn, since, noticed_at, reason
            FROM nexus.source_gap WHERE slot = ? ORDER BY id DESC LIMIT 1""";
    private static final String TROUBLES = """
            SELECT kind, count, first_at, last_at, last_of, last_reason
            FROM nexus.source_trouble WHERE slot = ? AND last_at > now() - interval '7 days' ORDER BY kind""";
    /** The first four bytes identify the encryption key. */
    private static final String SECRETS = """
            SELECT DISTINCT ON (substring(target FROM 1 FOR 4)) id, target
            FROM nexus.subscription WHERE deleted_at IS NULL ORDER BY substring(target FROM 1 FOR 4), lane""";

    /** Empty before the first start. */
    public static Optional<StoreFacts> read(Connection connection, String slot) throws SQLException {
        Optional<String> problem = SchemaTrust.read(connection).problem();
        if (problem.isPresent()) { // reading a view of another role would run its code
            throw new SQLException("the database " + problem.get());
        }
        if (!SingleValue.isTrue(connection, IS_MADE)) {
            return Optional.empty();
        }
        return Optional.of(new StoreFacts(
                store(connection),
                MigrationHistory.read(connection),
                wanted(connection),
                position(connection, slot),
                gap(connection, slot),
                troubles(connection, slot),
                secrets(connection)));
    }

    private static UUID store(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(STORE);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Objects.requireNonNull(row.getObject("id", UUID.class));
        }
    }

    private static List<TypePattern> wanted(Connection connection) throws SQLException {
        List<TypePattern> wanted = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(WANTED);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Array patterns = rows.getArray("event_types");
                for (String pattern : (String[]) patterns.getArray()) {
                    wanted.add(new TypePattern(pattern));
                }
            }
        }
        return wanted.stream().distinct().toList();
    }

    private static Optional<Position> position(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(POSITION)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Position(
                                row.getString("system_id"), SourcePosition.doneEndOf(row.getString("checkpoint"))))
                        : Optional.empty();
            }
        }
    }

    private static Optional<Gap> gap(Connection connection, String slot) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(GAP)) {
            statement.setString(1, slot);
            try (ResultSet row = statement.executeQuery()) {
                return row.next()
                        ? Optional.of(new Gap(
                                Optional.ofNullable(row.getString("from_lsn")),
                                Optional.ofNullable(row.getString("to_lsn")),
                                Optional.ofNullable(row.getTimestamp("since")).map(since -> since.toInstant()),
                                row.getTimestamp("noticed_at").toInstant(),
                                row.getString("reason")))
                        : Optional.empty();
            }
        }
    }

    private static List<Trouble> troubles(Connection connection, String slot) throws SQLException {
        List<Trouble> troubles = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(TROUBLES)) {
            statement.setString(1, slot);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    troubles.add(new Trouble(
                            rows.getString("kind"),
                            rows.getLong("count"),
                            rows.getTimestamp("first_at").toInstant(),
                            rows.getTimestamp("last_at").toInstant(),
                            rows.getString("last_of"),
                            rows.getString("last_reason")));
                }
            }
        }
        return troubles;
    }

    private static Map<UUID, byte[]> secrets(Connection connection) throws SQLException {
        Map<UUID, byte[]> secrets = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SECRETS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                secrets.put(Objects.requireNonNull(rows.getObject("id", UUID.class)), rows.getBytes("target"));
            }
        }
        return secrets;
    }
}
