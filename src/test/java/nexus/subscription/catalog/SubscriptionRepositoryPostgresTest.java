package nexus.subscription.catalog;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import nexus.api.caller.AuditedChange;
import nexus.event.TypePattern;
import nexus.liveness.LoopHeartbeats;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.Content;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Flow;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Retry;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.matching.Subscriptions;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.subscription.target.AuthSettings;
import nexus.subscription.target.TargetCredentials;
import nexus.subscription.target.WebhookSettings;
import nexus.target.credential.TlsIdentity;
import nexus.testkit.Eventually;
import nexus.testkit.TestCipher;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.Test;

class SubscriptionRepositoryPostgresTest {
    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final SubscriptionRepository repository = new SubscriptionRepository(store, TestCipher.INSTANCE);

    @Test
    void everySettingComesBackAsItWasGiven() {
        WebhookSettings target = new WebhookSettings(
                URI.create("https://hooks.example/a?b=c%20d"),
                Map.of("Authorization", "Bearer x", "X-Team", "é\"\\"),
                new SigningSecrets(
                        new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                        List.of(new PreviousSecret(
                                new SigningSecret("correct horse"), Instant.parse("2030-01-01T00:00:00.123Z")))),
                new TargetCredentials(
                        Optional.of(new AuthSettings("bearer", Map.of("token", "t0ken"))),
                        Optional.of(new TlsIdentity(Optional.of("ca"), Optional.of("cert"), Optional.of("key"))),
                        Optional.empty()));
        SubscriptionSettings settings = new SubscriptionSettings(
                "orders ü",
                new Selection(List.of(new TypePattern("pg.public.orders.*"), new TypePattern("order.**"))),
                Content.DEFAULT,
                target,
                new Flow(false, 7, Optional.of(250)),
                new Retry(
                        new Retry.Policy(Optional.of(3), Optional.of(2), Optional.of(Duration.ofMinutes(90))),
                        Set.of(404, 400)));
        SubscriptionDraft draft = new SubscriptionDraft(settings, Mode.DISABLED);
        Subscription stored = await(repository.insert(UUID.randomUUID(), Kind.LISTENER, draft, AuditedChange.NONE));
        assertThat(stored.draft()).isEqualTo(draft);
        assertThat(stored.kind()).isEqualTo(Kind.LISTENER);
        assertThat(await(repository.find(stored.id()))).contains(stored);
        assertThat(await(repository.changesSince(0)).changed()).containsExactly(stored);
    }

    @Test
    void onlyWhatChangedIsRead() {
        Subscription changed = insert(settings("https://hooks.example", "a"));
        Subscription held = insert(settings("https://hooks.example", "b"));
        Subscription kept = insert(settings("https://hooks.example", "c"));
        Subscription deleted = insert(settings("https://hooks.example", "d"));
        SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
        Subscriptions before = await(catalog.reload());
        assertThat(before.all()).containsExactlyInAnyOrder(changed, held, kept, deleted);

        SubscriptionSettings other = settings("https://hooks.example/2", "a");
        Subscription now = await(repository.update(changed.id(), was -> SubscriptionDraft.active(other)));
        Instant until = Instant.parse("2030-01-01T00:00:00Z");
        await(repository.hold(held.id(), held.target(), until));
        await(repository.delete(deleted.id(), Optional.empty()));
        Subscription added = insert(settings("https://hooks.example", "e"));

        CatalogChanges changes = await(repository.changesSince(before.version()));
        assertThat(changes.isWhole()).isFalse();
        assertThat(changes.changed()).containsExactlyInAnyOrder(now, added);
        assertThat(changes.gone()).containsExactly(deleted.lane());
        assertThat(await(repository.changesSince(changes.version())).changed()).isEmpty();
        CatalogChanges whole = await(repository.changesSince(0));
        assertThat(whole.isWhole()).isTrue();
        assertThat(whole.changed()).hasSize(4).doesNotContain(deleted);

        Subscriptions after = await(catalog.reload());
        assertThat(after.version()).isEqualTo(whole.version());
        assertThat(after.all()).containsExactlyInAnyOrder(now, held, kept, added);
        assertThat(after.withId(kept.id()).orElseThrow())
                .isSameAs(before.withId(kept.id()).orElseThrow());
        assertThat(after.ofLane(deleted.lane())).isEmpty();
    }

    /** They change without a new version; a process that takes a lane over needs them. */
    @Test
    void statesOfEndpointsAreReadApart() {
        Subscription held = insert(settings("https://hooks.example", "a"));
        Subscription kept = insert(settings("https://hooks.example", "b"));
        SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
        Subscriptions before = await(catalog.reload());
        Instant until = Instant.parse("2030-01-01T00:00:00Z");
        await(repository.hold(held.id(), held.target(), until));
        EndpointHealth failing =
                new EndpointHealth(Optional.empty(), Optional.of(new EndpointHealth.Failing(until, 3)));
        await(repository.health(held.id(), held.target(), failing));

        Subscriptions after = await(catalog.reloadWithStates());
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(after.withId(held.id()).orElseThrow().state().heldUntil()).contains(until);
        assertThat(after.withId(held.id()).orElseThrow().state().health()).isEqualTo(failing);
        assertThat(after.withId(kept.id()).orElseThrow())
                .isSameAs(before.withId(kept.id()).orElseThrow());

        await(repository.health(held.id(), held.target(), EndpointHealth.GOOD));
        TestPostgres.execute(url, "UPDATE nexus.subscription SET held_until = NULL");
        assertThat(await(catalog.reloadWithStates()).withId(held.id())).contains(held);
    }

    @Test
    void aStoreThatWentBackInTimeIsReadAsAWhole() {
        Subscription lost = insert(settings("https://hooks.example", "a"));
        Subscription kept = insert(settings("https://hooks.example", "b"));
        SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
        await(catalog.reload());
        TestPostgres.execute(
                url,
                "DELETE FROM nexus.subscription WHERE id = '" + lost.id() + "'",
                "UPDATE nexus.store SET catalog_version = 2",
                "UPDATE nexus.subscription SET version = 2");
        assertThat(await(catalog.refresh()).all()).containsExactly(kept);
        assertThat(catalog.current().version()).isEqualTo(2);
    }

    @Test
    void credentialsAreNotReadableInTheTable() {
        SubscriptionSettings settings = settings("https://hooks.example", "a");
        insert(settings);
        List<String> stored =
                TestPostgres.query(url, "SELECT s::text || encode(target, 'escape') FROM nexus.subscription s");
        assertThat(stored.getFirst()).contains("eventTypes").doesNotContain("whsec_", "hooks.example");
    }

    @Test
    void theSameEventsToTheSamePlaceAreAConflictWhateverTheirOrder() {
        insert(settings("https://hooks.example", "a", "b"));
        insert(settings("https://hooks.example", "a"));
        insert(settings("https://hooks.example/2", "a", "b"));
        assertThatExceptionOfType(Refusal.Conflict.class)
                .isThrownBy(() -> insert(settings("https://hooks.example", "b", "a")))
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo("duplicate"));
    }

    @Test
    void ofTwoAtTheSameInstantOneIsMade() {
        List<Future<Subscription>> both = IntStream.range(0, 8)
                .mapToObj(i ->
                        repository.insert(UUID.randomUUID(), Kind.SUBSCRIPTION, settings("https://hooks.example", "a")))
                .toList();
        both.forEach(one -> await(one.otherwiseEmpty()));
        assertThat(both.stream().filter(Future::succeeded)).hasSize(1);
        assertThat(both.stream().filter(Future::failed).map(Future::cause))
                .allSatisfy(cause -> assertThat(cause).isInstanceOf(Refusal.Conflict.class));
    }

    @Test
    void aChangeThatIsRefusedChangesNothing() {
        Subscription first = insert(settings("https://hooks.example", "a"));
        insert(settings("https://hooks.example", "b"));
        long version = await(repository.catalogVersion());
        assertThatExceptionOfType(Refusal.Conflict.class)
                .isThrownBy(() -> await(repository.update(
                        first.id(), before -> SubscriptionDraft.active(settings("https://hooks.example", "b")))));
        assertThatExceptionOfType(Refusal.Invalid.class)
                .isThrownBy(() -> await(repository.update(first.id(), before -> {
                    throw new Refusal.Invalid("/name", "is wrong");
                })));
        assertThat(await(repository.find(first.id()))).contains(first);
        assertThat(await(repository.catalogVersion())).isEqualTo(version);
    }

    @Test
    void everyChangeRaisesTheVersionButAHoldDoesNot() {
        long start = await(repository.catalogVersion());
        Subscription made = insert(settings("https://hooks.example", "a"));
        assertThat(await(repository.catalogVersion())).isEqualTo(start + 1);
        await(repository.update(made.id(), Subscription::draft));
        assertThat(await(repository.catalogVersion())).isEqualTo(start + 2);
        assertThat(await(repository.disable(made.id(), made.target(), "gone"))).isPresent();
        assertThat(await(repository.catalogVersion())).isEqualTo(start + 3);
        await(repository.hold(made.id(), made.target(), Instant.now()));
        assertThat(await(repository.catalogVersion())).isEqualTo(start + 3);
        await(repository.delete(made.id(), Optional.empty()));
        assertThat(await(repository.catalogVersion())).isEqualTo(start + 4);
        assertThat(await(repository.changesSince(0)).version()).isEqualTo(start + 4);
    }

    @Test
    void anAlertIsDueUntilItIsAnnouncedAndNeverForgotten() {
        Subscription made = insert(settings("https://hooks.example", "a"));
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        EndpointHealth.Alert alert =
                new EndpointHealth.Alert(true, now.minusSeconds(9), now, "answered 503", Optional.of(503), true);
        EndpointHealth health = new EndpointHealth(Optional.empty(), Optional.empty(), Optional.of(alert));

        assertThat(await(repository.health(made.id(), made.target(), health))).contains(alert);
        assertThat(await(repository.health(made.id(), made.target(), EndpointHealth.GOOD)))
                .as("a process that does not know of it")
                .contains(alert);
        await(repository.announced(made.id(), alert.recovered(now)));
        assertThat(await(repository.health(made.id(), made.target(), health)))
                .as("another")
                .contains(alert);
        await(repository.announced(made.id(), alert));
        assertThat(await(repository.health(made.id(), made.target(), health))).isEmpty();
        assertThat(await(repository.find(made.id()))
                        .orElseThrow()
                        .state()
                        .health()
                        .alert())
                .map(EndpointHealth.Alert::isDue)
                .contains(false);
        assertThat(await(repository.update(
                                made.id(), before -> SubscriptionDraft.active(settings("https://other.example", "a"))))
                        .state()
                        .health()
                        .alert())
                .as("the new endpoint has delivered nothing yet")
                .isPresent();
    }

    @Test
    void whatIsKnownOfTheEndpointIsKeptUntilItIsAnotherOrTheSubscriptionIsEnabledAgain() {
        Subscription made = insert(settings("https://hooks.example", "a"));
        long version = await(repository.catalogVersion());
        Instant now = Instant.parse("2026-01-31T18:20:43Z");
        EndpointHealth health = new EndpointHealth(
                Optional.of(new EndpointHealth.Opened(now, now.plusSeconds(40), 3)),
                Optional.of(new EndpointHealth.Failing(now.minusSeconds(90), 17)));

        await(repository.health(made.id(), made.target(), health));
        assertThat(await(repository.find(made.id())).orElseThrow().state().health())
                .isEqualTo(health);
        assertThat(await(repository.catalogVersion())).isEqualTo(version);
        assertThat(await(repository.update(made.id(), Subscription::draft))
                        .state()
                        .health())
                .isEqualTo(health);

        assertThat(await(repository.update(
                                made.id(), before -> SubscriptionDraft.active(settings("https://other.example", "a"))))
                        .state()
                        .health())
                .isEqualTo(EndpointHealth.GOOD);
        await(repository.health(made.id(), made.target(), health));
        assertThat(await(repository.find(made.id())).orElseThrow().state().health())
                .as("the former endpoint's")
                .isEqualTo(EndpointHealth.GOOD);

        await(repository.health(
                made.id(), settings("https://other.example", "a").target(), health));
        await(repository.disable(
                made.id(), settings("https://other.example", "a").target(), "gone"));
        assertThat(await(repository.update(
                                made.id(), before -> SubscriptionDraft.active(settings("https://other.example", "a"))))
                        .state()
                        .health())
                .isEqualTo(EndpointHealth.GOOD);
    }

    @Test
    void enablingClearsTheReasonAndTheHold() {
        Subscription made = insert(settings("https://hooks.example", "a"));
        Instant later = Instant.now().plusSeconds(600);
        await(repository.hold(made.id(), made.target(), later));
        await(repository.hold(made.id(), made.target(), later.minusSeconds(300)));
        await(repository.disable(made.id(), made.target(), "gone"));
        Subscription disabled = await(repository.find(made.id())).orElseThrow();
        assertThat(disabled.state().disabledReason()).contains("gone");
        assertThat(disabled.state().heldUntil().orElseThrow()).isBetween(later.minusMillis(1), later.plusMillis(1));
        Subscription enabled = await(repository.update(
                made.id(), before -> SubscriptionDraft.active(settings("https://hooks.example", "a"))));
        assertThat(enabled.isEnabled()).isTrue();
        assertThat(enabled.state().disabledReason()).isEmpty();
        assertThat(enabled.state().heldUntil()).isEmpty();
    }

    /** Its answers may arrive when the subscription has another endpoint already. */
    @Test
    void whatTheFormerEndpointAsksForDoesNotConcernTheNewOne() {
        Subscription made = insert(settings("https://hooks.example", "a"));
        await(repository.update(made.id(), before -> SubscriptionDraft.active(settings("https://other.example", "a"))));

        await(repository.hold(made.id(), made.target(), Instant.now().plusSeconds(600)));
        assertThat(await(repository.disable(made.id(), made.target(), "gone"))).isEmpty();

        Subscription after = await(repository.find(made.id())).orElseThrow();
        assertThat(after.state().heldUntil()).isEmpty();
        assertThat(after.isEnabled()).isTrue();
    }

    @Test
    void aDeletedOneIsGoneForEverybodyButMayBeMadeAgain() {
        Subscription made = insert(settings("https://hooks.example", "a"));
        assertThatExceptionOfType(Refusal.NotFound.class)
                .isThrownBy(() -> await(repository.delete(made.id(), Optional.of(Kind.LISTENER))));
        await(repository.delete(made.id(), Optional.empty()));
        assertThat(await(repository.find(made.id()))).isEmpty();
        assertThat(await(repository.changesSince(0)).changed()).isEmpty();
        assertThat(await(repository.disable(made.id(), made.target(), "gone"))).isEmpty();
        assertThatExceptionOfType(Refusal.NotFound.class)
                .isThrownBy(() -> await(repository.delete(made.id(), Optional.empty())));
        assertThatExceptionOfType(Refusal.NotFound.class)
                .isThrownBy(() -> await(repository.update(made.id(), Subscription::draft)));
        Subscription again = insert(settings("https://hooks.example", "a"));
        assertThat(again.lane()).isGreaterThan(made.lane());
        assertThat(TestPostgres.query(url, "SELECT count(*) FROM nexus.subscription"))
                .containsExactly("2");
    }

    @Test
    void theListIsNewestFirstAndGoesOnBehindALane() {
        List<Subscription> inserted = IntStream.range(0, 5)
                .mapToObj(i -> insert(settings("https://hooks.example/" + i, "a")))
                .toList();
        List<UUID> made = inserted.stream().map(Subscription::id).toList();
        await(repository.disable(made.get(3), inserted.get(3).target(), "gone"));
        List<Subscription> first = await(repository.list(Optional.empty(), EnumSet.of(Mode.ACTIVE), Long.MAX_VALUE, 2));
        assertThat(first).extracting(Subscription::id).containsExactly(made.get(4), made.get(2));
        List<Subscription> second = await(repository.list(
                Optional.of(Kind.SUBSCRIPTION),
                EnumSet.of(Mode.ACTIVE),
                first.getLast().lane(),
                9));
        assertThat(second).extracting(Subscription::id).containsExactly(made.get(1), made.get(0));
        assertThat(await(repository.list(Optional.of(Kind.LISTENER), EnumSet.allOf(Mode.class), Long.MAX_VALUE, 9)))
                .isEmpty();
    }

    @Test
    void theWatchSeesWhatAnotherProcessChanged() {
        SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
        CatalogWatch watch = new CatalogWatch(TestPostgres.vertx(), catalog, new LoopHeartbeats());
        watch.start();
        Subscription made = insert(settings("https://hooks.example", "a"));
        Eventually.eventually(
                "the catalog knows the subscription",
                () -> catalog.current().withId(made.id()).isPresent());
        await(watch.stop());
    }

    private Subscription insert(SubscriptionSettings settings) {
        return await(repository.insert(UUID.randomUUID(), Kind.SUBSCRIPTION, settings));
    }

    private static SubscriptionSettings settings(String url, String... patterns) {
        return SubscriptionSettings.of(
                "test",
                new Selection(List.of(patterns).stream().map(TypePattern::new).toList()),
                WebhookSettings.of(URI.create(url), new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
    }
}
