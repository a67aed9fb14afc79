package nexus.access.key;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import nexus.access.audit.AuditEntry;
import nexus.access.audit.AuditRepository;
import nexus.api.caller.AuditedChange;
import nexus.api.caller.Caller;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KeyRepositoryPostgresTest {
    private static final Instant NEXT_YEAR = Instant.parse("2027-01-01T00:00:00Z");

    private static String url;
    private static Store store;
    private static KeyRepository keys;
    private static AuditRepository audit;

    @BeforeAll
    static void open() {
        url = TestPostgres.freshStore();
        store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
        keys = new KeyRepository(store);
        audit = new AuditRepository(store);
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Test
    void aKeyIsStoredAsItsDigestAndFoundByIt() {
        Digest digest = Digest.of("nxs_the-key-itself");
        StoredKey made = insert(digest);
        assertThat(await(keys.with(digest))).contains(made);
        assertThat(await(keys.find(made.id()))).contains(made);
        assertThat(await(keys.all())).contains(made);
        assertThat(made.rights()).containsExactlyInAnyOrder(Right.PUBLISH, Right.READ);
        assertThat(made.expiresAt()).contains(NEXT_YEAR);
        assertThat(TestPostgres.query(url, "SELECT k::text FROM nexus.api_key k"))
                .noneMatch(row -> row.contains("the-key-itself"));

        await(keys.delete(made.id(), AuditedChange.NONE));
        assertThat(await(keys.with(digest))).isEmpty();
        assertThatThrownBy(() -> await(keys.delete(made.id(), AuditedChange.NONE)))
                .isInstanceOf(Refusal.NotFound.class);
    }

    @Test
    void theLatestUseThatAnyProcessSawIsKept() {
        StoredKey made = insert(Digest.of("nxs_used"));
        Instant late = Instant.parse("2026-02-01T00:00:00Z");
        await(keys.used(Map.of(made.id(), late)));
        await(keys.used(Map.of(made.id(), late.minusSeconds(60))));
        assertThat(await(keys.find(made.id())).flatMap(StoredKey::lastUsedAt)).contains(late);
    }

    @Test
    void theAuditShowsWhatWasDoneByWhomAndForgetsWhatWasNot() {
        Caller caller = new Caller("scope", "actor-1", Optional.of("backend"), true);
        AuditRepository.Origin origin = new AuditRepository.Origin(Optional.of("192.0.2.1"), Optional.of("curl"));
        long open = await(audit.begin(caller, origin, "PATCH", "/v1/x"));
        long done = await(audit.begin(caller, origin, "DELETE", "/v1/y"));
        long refused = await(audit.begin(caller, origin, "POST", "/v1/z"));
        await(audit.complete(done, 204, "y", List.of("b", "a")));
        await(audit.takeBack(refused));

        List<AuditEntry> entries = await(audit.list(
                        new AuditRepository.Filter(
                                Optional.of("actor-1"), Optional.empty(), Optional.empty(), Optional.empty()),
                        Long.MAX_VALUE,
                        10))
                .entries();
        assertThat(entries).extracting(AuditEntry::id).containsExactly(done, open);
        assertThat(entries.getFirst().status()).contains(204);
        assertThat(entries.getFirst().fields()).containsExactly("a", "b");
        assertThat(entries.getFirst().address()).contains("192.0.2.1");
        assertThat(entries.getLast().status()).isEmpty();
    }

    @Test
    void aPageOfTheAuditLooksAtABoundedNumberOfEntriesAndTheNextOneGoesOnThere() {
        TestPostgres.execute(url, """
                INSERT INTO nexus.audit (actor, method, path)
                SELECT CASE WHEN n % 4500 = 0 THEN 'rare' ELSE 'often' END, 'POST', '/v1/keys'
                FROM generate_series(1, 13500) n""");
        AuditRepository.Filter rare =
                new AuditRepository.Filter(Optional.of("rare"), Optional.empty(), Optional.empty(), Optional.empty());
        List<AuditEntry> found = new ArrayList<>();
        int pages = 0;
        for (OptionalLong below = OptionalLong.of(Long.MAX_VALUE); below.isPresent(); pages++) {
            AuditRepository.AuditPage page = await(audit.list(rare, below.getAsLong(), 2));
            assertThat(page.below().orElse(0)).isLessThan(below.getAsLong());
            found.addAll(page.entries());
            below = page.below();
        }
        assertThat(found).extracting(AuditEntry::actor).containsExactly("rare", "rare", "rare");
        assertThat(pages).isBetween(7, 9);
        AuditRepository.Filter recent = new AuditRepository.Filter(
                Optional.of("nobody"),
                Optional.empty(),
                Optional.of(Instant.now().plusSeconds(3600)),
                Optional.empty());
        assertThat(await(audit.list(recent, Long.MAX_VALUE, 2)).below())
                .as("all others are older")
                .isEmpty();
    }

    private static StoredKey insert(Digest digest) {
        return await(keys.insert(
                UUID.randomUUID(),
                new KeyRequest("test", Set.of(Right.PUBLISH, Right.READ), Optional.of(NEXT_YEAR)),
                digest,
                AuditedChange.NONE));
    }
}
