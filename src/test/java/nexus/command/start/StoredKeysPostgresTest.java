package nexus.command.start;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.command.environment.StartRefused;
import nexus.store.PostgresUrl;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class StoredKeysPostgresTest {
    @Test
    void withoutApiKeysAStoreNeedsAKeyThatOpens() {
        String empty = TestPostgres.freshDatabase();
        assertRefused(empty);
        TestPostgres.migrate(empty);
        assertRefused(empty);
        TestPostgres.execute(empty, insert(1, "'2020-01-01'"));
        assertRefused(empty);
        TestPostgres.execute(empty, insert(2, "NULL"));
        assertThatCode(() -> StoredKeys.require(PostgresUrl.parse(empty))).doesNotThrowAnyException();
    }

    @Test
    void aStoreThatCannotBeAskedIsNoWayRoundIt() {
        assertRefused("postgresql://postgres@localhost:1/none");
    }

    private static void assertRefused(String url) {
        assertThatThrownBy(() -> StoredKeys.require(PostgresUrl.parse(url)))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith("API_KEYS is not set");
    }

    private static String insert(int digest, String expiresAt) {
        return "INSERT INTO nexus.api_key (id, name, scopes, digest, expires_at) VALUES (gen_random_uuid(), 'k',"
                + " '{read}', decode(lpad('" + digest + "', 64, '0'), 'hex'), " + expiresAt + ")";
    }
}
