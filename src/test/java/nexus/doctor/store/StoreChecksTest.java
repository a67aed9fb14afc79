package nexus.doctor.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.doctor.check.Check;
import nexus.doctor.check.Subject;
import nexus.doctor.cluster.ActivityChecks;
import nexus.doctor.cluster.ActivityFacts;
import nexus.doctor.server.Servers;
import nexus.store.migration.AppliedMigration;
import nexus.store.migration.PackagedMigrations;
import nexus.testkit.TestCipher;
import org.junit.jupiter.api.Test;

class StoreChecksTest {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String OTHER_KEY =
            Base64.getEncoder().encodeToString("another key, also of 32 byte....".getBytes(StandardCharsets.US_ASCII));
    private static final UUID SUBSCRIPTION = UUID.fromString("7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55");

    @Test
    void theSchemaIsComparedWithWhatThisProgramBrings() {
        Map<String, Integer> packaged = Map.of("R__views.sql", 1, "V001__store.sql", 1, "V002__more.sql", 1);
        assertThat(StoreChecks.schema(applied("V001__store.sql", "V002__more.sql", "R__views.sql"), packaged))
                .returns("ok", Check::status)
                .returns("up to date (V002)", Check::detail);
        assertThat(StoreChecks.schema(applied("V001__store.sql", "R__views.sql"), packaged))
                .returns("warn", Check::status)
                .returns("./nexus serve", Check::fix);
        assertThat(StoreChecks.schema(
                        applied("V001__store.sql", "V002__more.sql", "R__views.sql", "V003__newer.sql"), packaged))
                .returns("warn", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains("V003__newer.sql"));
        assertThat(StoreChecks.schema(List.of(new AppliedMigration("V002__more.sql", 1, false)), packaged))
                .returns("fail", Check::status);
        assertThat(StoreChecks.schema(List.of(new AppliedMigration("V001__store.sql", 2, true)), packaged))
                .returns("fail", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains("never released", "V001__store.sql"));
    }

    @Test
    void theFilesOfTheProgramAreFound() {
        assertThat(PackagedMigrations.checksums().keySet())
                .contains("V001__store.sql")
                .allMatch(name -> name.endsWith(".sql"));
    }

    @Test
    void anotherKeyThanTheOneThatWasUsedFails() {
        Map<UUID, byte[]> secrets = Map.of(SUBSCRIPTION, TestCipher.INSTANCE.encrypt("whsec_x", SUBSCRIPTION));
        assertThat(secretKey(secrets, Optional.of(KEY))).returns("ok", Check::status);
        assertThat(secretKey(secrets, Optional.of(OTHER_KEY)))
                .returns("fail", Check::status)
                .satisfies(check -> assertThat(check.detail()).contains(SUBSCRIPTION.toString()))
                .satisfies(check -> assertThat(check.toString()).doesNotContain(OTHER_KEY));
        assertThat(secretKey(secrets, Optional.empty())).returns("warn", Check::status);
        assertThat(secretKey(Map.of(), Optional.of(OTHER_KEY))).returns("ok", Check::status);
    }

    @Test
    void aGapIsToldWithFromToSinceAndWhy() {
        StoreFacts.Gap gap = new StoreFacts.Gap(
                Optional.of("0/100"),
                Optional.of("0/200"),
                Optional.of(Instant.parse("2026-01-31T17:00:00Z")),
                Instant.parse("2026-01-31T18:00:00Z"),
                "the slot was dropped");
        Check check = StoreChecks.of(
                        Optional.of(new StoreFacts(
                                SUBSCRIPTION,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.of(gap),
                                List.of(),
                                Map.of())),
                        Map.of(),
                        subject(Optional.of(KEY)))
                .getLast();
        assertThat(check.status()).isEqualTo("warn");
        assertThat(check.detail()).contains("0/100", "0/200", "2026-01-31T17:00:00", "the slot was dropped");
        assertThat(check.fix())
                .contains("DELETE FROM nexus.source_gap WHERE noticed_at <= '2026-01-31T18:00:00.001Z';");
    }

    @Test
    void eachMissingRightHasItsGrant() {
        assertThat(StoreChecks.rights(Servers.healthy())).returns("ok", Check::status);
        assertThat(StoreChecks.rights(Servers.withoutRights(Optional.empty(), 0)))
                .returns("GRANT CREATE ON DATABASE \"Shop\" TO \"a\"\"pp\";", Check::fix);
        assertThat(StoreChecks.rights(Servers.withoutRights(Optional.of("ann"), 0)))
                .returns("ALTER SCHEMA nexus OWNER TO \"a\"\"pp\";", Check::fix);
        assertThat(StoreChecks.rights(Servers.withoutRights(Optional.of("ann"), 20)))
                .returns("GRANT \"ann\" TO \"a\"\"pp\";", Check::fix);
    }

    @Test
    void aTransactionThatIsOpenForLongIsNamedWithItsEnd() {
        ActivityFacts busy = new ActivityFacts(
                Optional.of(new ActivityFacts.Session(42, "ann", "idle in transaction", Duration.ofHours(3))),
                Optional.of(new ActivityFacts.Prepared("it's", Duration.ofDays(3))),
                90,
                2);
        Check check = ActivityChecks.transactions("long-transactions", Servers.healthy(), busy);
        assertThat(check.detail()).contains("pid 42", "ann", "3 h", "it's", "3 days");
        assertThat(check.fix())
                .isEqualTo(
                        "SELECT pg_terminate_backend(42);\nCOMMIT PREPARED 'it''s';\n-- or: ROLLBACK PREPARED 'it''s';");
        assertThat(ActivityChecks.connections("store-connections", Servers.healthy(), Servers.settings(), busy))
                .returns("warn", Check::status)
                .returns("ALTER SYSTEM SET max_connections = '150';\n-- then restart PostgreSQL", Check::fix);
    }

    private static Check secretKey(Map<UUID, byte[]> secrets, Optional<String> key) {
        StoreFacts facts = new StoreFacts(
                SUBSCRIPTION, List.of(), List.of(), Optional.empty(), Optional.empty(), List.of(), secrets);
        return StoreChecks.of(Optional.of(facts), Map.of(), subject(key)).get(1);
    }

    private static Subject subject(Optional<String> key) {
        return new Subject(Optional.empty(), Optional.empty(), "nexus", "nexus", key, false);
    }

    private static List<AppliedMigration> applied(String... scripts) {
        return Arrays.stream(scripts)
                .map(script -> new AppliedMigration(script, 1, true))
                .toList();
    }
}
