package nexus.store;

import static org.assertj.core.api.Assertions.assertThat;

import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class MigrationPostgresTest {
    private static final String FUNCTIONS =
            "SELECT count(*) FROM pg_proc WHERE pronamespace = 'nexus'::regnamespace AND proname IN ('publish', 'annotate')";

    @Test
    void aStoreFromBeforeTheFunctionsGetsThem() {
        String url = TestPostgres.freshStore();
        TestPostgres.execute(
                url,
                "DROP FUNCTION nexus.publish",
                "DROP FUNCTION nexus.annotate",
                "DELETE FROM nexus.flyway_schema_history WHERE version IS NULL AND script LIKE 'R\\_\\_%'");
        TestPostgres.migrate(url);
        assertThat(TestPostgres.query(url, FUNCTIONS)).containsExactly("2");
    }
}
