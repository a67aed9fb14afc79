package nexus.replication.table;

import static nexus.testkit.TestPostgres.execute;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.replication.TestTables;
import nexus.replication.publication.PublicationPlan.Kind;
import nexus.replication.publication.Publications;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** Nexus's rule against PostgreSQL's own answer: every kind of table in every kind of publication, with real writes. */
class WriteRulePostgresTest {
    private static final boolean HAS_RESTRICTIONS = TestPostgres.version() >= 15;
    private static final boolean HAS_GENERATED_OPTION = TestPostgres.version() >= 18;

    private final String url = TestPostgres.freshDatabase();
    private List<SourceTable> tables = List.of(); // read once

    /** How the table's identity is set, after a primary key or none; {@code ?} is the table's name. */
    private static final Map<String, String> IDENTITIES = Map.of(
            "key", "",
            "index", "CREATE UNIQUE INDEX ?_u ON ? (n, b); ALTER TABLE ? REPLICA IDENTITY USING INDEX ?_u",
            "gone", "CREATE UNIQUE INDEX ?_u ON ? (b); ALTER TABLE ? REPLICA IDENTITY USING INDEX ?_u; DROP INDEX ?_u",
            "full", "ALTER TABLE ? REPLICA IDENTITY FULL",
            "nothing", "ALTER TABLE ? REPLICA IDENTITY NOTHING",
            "keyless", "ALTER TABLE ? DROP CONSTRAINT ?_k",
            "deferrable", "ALTER TABLE ? DROP CONSTRAINT ?_k, ADD CONSTRAINT ?_k PRIMARY KEY (n) DEFERRABLE",
            "fullkeyless", "ALTER TABLE ? DROP CONSTRAINT ?_k; ALTER TABLE ? REPLICA IDENTITY FULL");

    private static List<Optional<String>> generatedColumns() {
        List<Optional<String>> columns =
                new ArrayList<>(List.of(Optional.empty(), Optional.of("g int GENERATED ALWAYS AS (a * 2) STORED")));
        if (HAS_GENERATED_OPTION) {
            columns.add(Optional.of("g int GENERATED ALWAYS AS (a * 2) VIRTUAL"));
        }
        return columns;
    }

    /** Behind {@code FOR TABLE ?}, before the options. */
    private static List<String> restrictions() {
        return HAS_RESTRICTIONS
                ? List.of(
                        "",
                        " (n, b)",
                        " (b)",
                        " (a, n)",
                        " WHERE (n > 0)",
                        " WHERE (a > 0)",
                        " WHERE (b > 0 AND n > 0)",
                        " (n, b, a) WHERE (a > 0)")
                : List.of("");
    }

    private static List<String> options() {
        return HAS_GENERATED_OPTION
                ? List.of("publish_generated_columns = none", "publish_generated_columns = stored")
                : List.of("publish_via_partition_root = false");
    }

    @Test
    void theRuleSaysWhatPostgresSays() throws SQLException {
        List<String> tables = new ArrayList<>();
        for (Map.Entry<String, String> identity : IDENTITIES.entrySet()) {
            int number = 0;
            for (Optional<String> generated : generatedColumns()) {
                String name = identity.getKey() + number++;
                make(name, "n", identity.getValue(), generated);
                tables.add(name);
            }
            // a stored generated column in the key itself
            String inKey = identity.getKey() + "inkey";
            execute(
                    url,
                    "CREATE TABLE " + inKey + " (m int NOT NULL, a int, b int NOT NULL,"
                            + " n int NOT NULL GENERATED ALWAYS AS (m * 2) STORED, CONSTRAINT " + inKey
                            + "_k PRIMARY KEY (n))",
                    identity.getValue().isEmpty()
                            ? "SELECT 1"
                            : identity.getValue().replace("?", inKey),
                    "INSERT INTO " + inKey + " (m, a, b) VALUES (1, 1, 1)");
            tables.add(inKey);
        }
        int cases = 0;
        try (Connection connection = TestPostgres.connect(url)) {
            for (String table : tables) {
                for (String restriction : restrictions()) {
                    for (String option : options()) {
                        boolean isMade =
                                compare(connection, table, "FOR TABLE " + table + restriction, option, List.of(table));
                        cases += isMade ? 1 : 0;
                    }
                }
            }
        }
        assertThat(cases).isGreaterThanOrEqualTo(tables.size());
    }

    @Test
    void theRuleSaysWhatPostgresSaysOfPartitions() throws SQLException {
        execute(
                url,
                "CREATE SCHEMA top",
                "CREATE TABLE top.parted (n int NOT NULL, a int, b int NOT NULL) PARTITION BY LIST (n)",
                "CREATE TABLE part_none PARTITION OF top.parted FOR VALUES IN (1)",
                "CREATE TABLE part_key PARTITION OF top.parted (PRIMARY KEY (n)) FOR VALUES IN (2)",
                "CREATE TABLE part_full (b int NOT NULL, a int, n int NOT NULL)",
                "ALTER TABLE top.parted ATTACH PARTITION part_full FOR VALUES IN (3)",
                "ALTER TABLE part_full REPLICA IDENTITY FULL",
                "CREATE TABLE part_mid PARTITION OF top.parted FOR VALUES IN (4, 5) PARTITION BY LIST (n)",
                "CREATE TABLE part_deep PARTITION OF part_mid (PRIMARY KEY (n)) FOR VALUES IN (4)",
                "CREATE UNLOGGED TABLE part_unlogged PARTITION OF part_mid FOR VALUES IN (5)",
                "INSERT INTO top.parted SELECT n, 1, 1 FROM generate_series(1, 5) AS n");
        List<String> leaves = List.of("part_none", "part_key", "part_full", "part_deep", "part_unlogged");
        List<String> contents = new ArrayList<>(
                List.of("FOR TABLE top.parted", "FOR TABLE part_mid", "FOR TABLE part_key", "FOR ALL TABLES"));
        if (HAS_RESTRICTIONS) {
            contents.addAll(List.of(
                    "FOR TABLES IN SCHEMA top",
                    "FOR TABLES IN SCHEMA public",
                    "FOR TABLE top.parted (n, a)",
                    "FOR TABLE top.parted (a)",
                    "FOR TABLE part_mid (a)",
                    "FOR TABLE top.parted WHERE (n > 0)",
                    "FOR TABLE top.parted WHERE (a > 0)",
                    "FOR TABLE part_key WHERE (a > 0)"));
        }
        try (Connection connection = TestPostgres.connect(url)) {
            for (String content : contents) {
                for (String viaRoot :
                        List.of("publish_via_partition_root = false", "publish_via_partition_root = true")) {
                    compare(connection, "part_none", content, viaRoot, leaves);
                }
            }
        }
    }

    /** A partitioned table without identity of its own refuses nothing, whether it has partitions or a query prunes all. */
    @Test
    void theIdentityOfAPartitionedTableItselfDoesNotCount() throws SQLException {
        execute(
                url,
                "CREATE TABLE parted (n int NOT NULL, a int) PARTITION BY LIST (n)",
                "CREATE PUBLICATION probe FOR TABLE parted");
        try (Connection connection = TestPostgres.connect(url)) {
            assertThat(refuses(connection, "UPDATE parted SET a = 2 WHERE n = 99"))
                    .isEqualTo(refusedByRule(connection, "parted"));
            execute(
                    url,
                    "CREATE TABLE part PARTITION OF parted FOR VALUES IN (1)",
                    "ALTER TABLE part REPLICA IDENTITY FULL");
            tables = List.of();
            assertThat(refuses(connection, "UPDATE parted SET a = 2 WHERE n = 99"))
                    .isEqualTo(refusedByRule(connection, "parted"));
            assertThat(refuses(connection, "DELETE FROM parted WHERE n = 1")).isFalse();
        }
    }

    private void make(String name, String key, String identity, Optional<String> generated) {
        execute(
                url,
                "CREATE TABLE " + name + " (n int NOT NULL, a int, b int NOT NULL"
                        + generated.map(column -> ", " + column).orElse("") + ", CONSTRAINT " + name
                        + "_k PRIMARY KEY ("
                        + key + "))",
                identity.isEmpty() ? "SELECT 1" : identity.replace("?", name),
                "INSERT INTO " + name + " (n, a, b) VALUES (1, 1, 1)");
    }

    /** @return whether PostgreSQL allows such a publication at all */
    private boolean compare(Connection connection, String table, String content, String option, List<String> relations)
            throws SQLException {
        String sql = "CREATE PUBLICATION probe " + content + " WITH (" + option + ")";
        try (Statement statement = connection.createStatement()) {
            try {
                statement.execute(sql);
            } catch (SQLException e) {
                return false;
            }
            Map<String, Boolean> byPostgres = new LinkedHashMap<>();
            Map<String, Boolean> byRule = new LinkedHashMap<>();
            for (String relation : relations) {
                byPostgres.put(
                        relation,
                        refuses(connection, "UPDATE " + relation + " SET a = 5")
                                || refuses(connection, "DELETE FROM " + relation));
                byRule.put(relation, refusedByRule(connection, relation));
            }
            statement.execute("DROP PUBLICATION probe");
            assertThat(byRule).as(table + ": " + sql).isEqualTo(byPostgres);
            return true;
        }
    }

    private boolean refusedByRule(Connection connection, String relation) throws SQLException {
        Published probe =
                new Publications("probe").published(connection).getOrDefault(Kind.CHANGES, TestTables.changes());
        if (tables.isEmpty()) {
            tables = SourceTables.read(connection);
        }
        return tables.stream()
                .filter(table -> table.name().equals(relation))
                .flatMap(table -> table.leaves().stream())
                .anyMatch(leaf -> WriteRule.obstacle(leaf, probe).isPresent());
    }

    private static boolean refuses(Connection connection, String write) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            Savepoint before = connection.setSavepoint();
            try {
                statement.execute(write);
                return false;
            } catch (SQLException e) {
                connection.rollback(before);
                return true;
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
