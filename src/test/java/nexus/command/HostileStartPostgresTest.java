package nexus.command;

import static nexus.testkit.TestPostgres.execute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nexus.command.environment.StartRefused;
import nexus.command.start.DatabaseCheck;
import nexus.command.start.DemoTable;
import nexus.command.start.StoredKeys;
import nexus.store.PostgresUrl;
import nexus.testkit.HostileDatabase;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

/** What happens before the application starts runs nothing of a role's own. */
class HostileStartPostgresTest {
    @Test
    void theChecksOfADatabaseRunNothingOfARolesOwn() throws Exception {
        String url = HostileDatabase.make();
        PostgresUrl hostile = PostgresUrl.parse(url);
        DatabaseCheck check = new DatabaseCheck(line -> {});
        assertThat(check.source(hostile)).isPresent();
        check.awaitStore(hostile, true);
        assertThatThrownBy(() -> StoredKeys.require(hostile)).hasMessageStartingWith("API_KEYS is not set");
        DemoTable.create(hostile);
        assertThat(HostileDatabase.ran(url)).isEmpty();
    }

    @Test
    void aSchemaThatAnotherRoleHoldsIsNotReadFrom() {
        String url = TestPostgres.freshDatabase();
        PostgresUrl store = PostgresUrl.parse(url);
        execute(
                url,
                "DO $$ BEGIN CREATE ROLE mallory; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "CREATE SCHEMA nexus AUTHORIZATION mallory");
        DatabaseCheck check = new DatabaseCheck(line -> {});
        assertThatThrownBy(() -> check.awaitStore(store, false))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("mallory", "ALTER SCHEMA nexus OWNER TO postgres");
        assertThatThrownBy(() -> StoredKeys.require(store)).hasMessageContaining("mallory");
        execute(url, "ALTER SCHEMA nexus OWNER TO postgres", "GRANT ALL ON SCHEMA nexus TO PUBLIC");
        assertThatThrownBy(() -> check.awaitStore(store, false))
                .hasMessageEndingWith("REVOKE CREATE ON SCHEMA nexus FROM PUBLIC");
    }

    @Test
    void theDemosTableIsNotAnothersOne() {
        String url = TestPostgres.freshDatabase();
        execute(
                url,
                "DO $$ BEGIN CREATE ROLE mallory; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "CREATE TABLE public.users (id int)",
                "ALTER TABLE public.users OWNER TO mallory");
        assertThatThrownBy(() -> DemoTable.create(PostgresUrl.parse(url)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("mallory");
    }

    @Test
    void aStoreThatIsNotInUtf8IsRefusedBeforeAnythingIsMade() {
        String url = TestPostgres.freshDatabase();
        String name = PostgresUrl.parse(url).database() + "_latin1";
        execute(url, "CREATE DATABASE " + name + " ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
        PostgresUrl latin = PostgresUrl.parse(url.substring(0, url.lastIndexOf('/') + 1) + name);
        assertThatThrownBy(() -> new DatabaseCheck(line -> {}).awaitStore(latin, false))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("has the encoding LATIN1");
    }
}
