package nexus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestPostgresTest {
    @Test
    void aFreshStoreHasTheTablesAndThePartitionsOfThisWeek() {
        String url = TestPostgres.freshStore();
        assertThat(TestPostgres.query(
                        url, "SELECT count(*) FROM pg_inherits WHERE inhparent = 'nexus.event'::regclass"))
                .containsExactly("8");
    }

    @Test
    void noTwoStoresAreTheSame() {
        String identity = "SELECT id FROM nexus.store";
        assertThat(TestPostgres.query(TestPostgres.freshStore(), identity))
                .isNotEqualTo(TestPostgres.query(TestPostgres.freshStore(), identity));
    }

    @Test
    void theServerIsOfTheVersionThatWasAskedFor() {
        String version = TestPostgres.query(TestPostgres.freshDatabase(), "SHOW server_version")
                .getFirst();
        assertThat(version).startsWith(TestPostgres.version() + ".");
    }
}
