package nexus.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

class MigrationPostgresTest {
    private static final String FUNCTIONS =
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace AND proname IN ('publish', 'annotate')";

    @Test
    void aStoreFromBeforeTheFunctionsGetsThem() throws SQLException {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(
                url,
                "DROP FUNCTION nexus.publish",
                "DROP FUNCTION nexus.annotate",
                "DELETE FROM nexus.flyway_schema_history WHERE version IS NULL AND script LIKE 'R\\_\\_%'");
        assertThat(history(url).isComplete()).isFalse();
        TestPostgres.migrate(url);
        assertThat(history(url).isComplete()).isTrue();
        assertThat(TestPostgres.query(url, FUNCTIONS)).containsExactly("2");
    }

    /** Else Flyway itself looks at each start: right, but slow. */
    @Test
    void ofAStoreOfThisVersionItIsSeenThatNothingIsToBeDone() throws SQLException {
        String url = TestPostgres.freshStore();
        assertThat(history(url).isComplete()).isTrue();
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                        + " installed_by, execution_time, success) VALUES (1000, '999', 'of a newer version', 'SQL',"
                        + " 'V999__newer.sql', 1, 'postgres', 1, true)");
        assertThat(history(url).isComplete()).isTrue();
        TestPostgres.execute(
                url,
                "UPDATE nexus.flyway_schema_history SET script = 'db/migration/' || script"); // as the application does
        assertThat(history(url).isComplete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET checksum = checksum + 1 WHERE script LIKE 'V001%'",
                "SET checksum = checksum + 1 WHERE script LIKE 'R\\_\\_%'",
                "SET success = false WHERE script LIKE 'V002%'",
                "SET script = 'V004__other.sql' WHERE script LIKE 'V004%'"
            })
    void aStoreThatIsAnythingElseIsLeftToFlyway(String change) throws SQLException {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(url, "UPDATE nexus.flyway_schema_history " + change);
        assertThat(history(url).isComplete()).isFalse();
        assertThat(history(TestPostgres.freshDatabase()).isComplete()).isFalse();
    }

    private static MigrationHistory history(String url) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(PostgresUrl.parse(url).jdbcUrl());
        database.setUser("postgres");
        return new MigrationHistory(database);
    }
}
