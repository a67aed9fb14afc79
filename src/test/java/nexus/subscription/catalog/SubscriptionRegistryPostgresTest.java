package nexus.subscription.catalog;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.event.TypePattern;
import nexus.store.Store;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.WebhookSettings;
import nexus.subscription.warning.EndpointReach;
import nexus.subscription.warning.TableCoverage;
import nexus.subscription.warning.Warning;
import nexus.target.Senders;
import nexus.testkit.Configs;
import nexus.testkit.TestCipher;
import nexus.testkit.TestPostgres;
import nexus.webhook.guard.TargetResolver;
import nexus.webhook.guard.WebhookConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionRegistryPostgresTest {
    private static final Warning NO_IDENTITY = new Warning("no-replica-identity", "detail", "fix");

    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(TestPostgres.freshStore()));
    private final SubscriptionRepository repository = new SubscriptionRepository(store, TestCipher.INSTANCE);
    private final SubscriptionCatalog catalog = new SubscriptionCatalog(repository);
    private final List<UUID> coveredAndKnown = new ArrayList<>();
    private final SubscriptionRegistry registry = new SubscriptionRegistry(
            repository,
            catalog,
            new Coverage(),
            new EndpointReach(resolver()),
            new Senders(List.of()),
            new MissedEvents(store));

    private final class Coverage implements TableCoverage {
        @Override
        public Future<List<Warning>> cover(Subscription subscription) {
            return SubscriptionRegistryPostgresTest.this.cover(subscription);
        }

        @Override
        public Future<Map<UUID, List<Warning>>> losses(Collection<UUID> subscriptions) {
            return Future.succeededFuture(Map.of());
        }
    }

    @Test
    void aNewOneIsKnownBeforeItIsCoveredAndCoveredBeforeTheAnswer() {
        SubscriptionRegistry.Registered made =
                await(registry.create(Kind.SUBSCRIPTION, draft("http://10.0.0.1/", Mode.ACTIVE), AuditedChange.NONE));
        assertThat(coveredAndKnown).containsExactly(made.subscription().id());
        assertThat(made.warnings()).extracting(Warning::code).containsExactly("no-replica-identity", "private-address");
    }

    @Test
    void aDisabledOneIsCoveredBecauseItsMissedEventsAreCounted() {
        SubscriptionRegistry.Registered made = await(
                registry.create(Kind.SUBSCRIPTION, draft("http://localhost:4000/", Mode.DISABLED), AuditedChange.NONE));
        assertThat(coveredAndKnown).containsExactly(made.subscription().id());
        assertThat(made.warnings()).extracting(Warning::code).containsExactly("no-replica-identity");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:4000/, ",
        "http://127.0.0.1/, ",
        "https://8.8.8.8/, ",
        "http://10.1.2.3/, private-address",
        "http://169.254.169.254/, private-address",
        "http://[fd00::1]/, private-address",
        "http://2130706433.invalid/, unknown-host",
        "http://my_service.invalid/, unknown-host",
        "https://my_service.invalid/, uncertifiable-host"
    })
    void whatCannotBeReachedIsAWarning(String url, @Nullable String code) {
        SubscriptionRegistry.Registered made =
                await(registry.create(Kind.SUBSCRIPTION, draft(url, Mode.DISABLED), AuditedChange.NONE));

        assertThat(made.warnings())
                .extracting(Warning::code)
                .filteredOn(found -> !found.equals(NO_IDENTITY.code()))
                .isEqualTo(code == null ? List.of() : List.of(code));
    }

    @Test
    void aDeletedOneIsUnknownAtOnce() {
        UUID id = await(registry.create(
                        Kind.LISTENER, draft("http://localhost:4000/", Mode.ACTIVE), AuditedChange.NONE))
                .subscription()
                .id();
        await(registry.delete(id, Optional.of(Kind.LISTENER), AuditedChange.NONE));
        assertThat(catalog.current().withId(id)).isEmpty();
    }

    private static TargetResolver resolver() {
        return new TargetResolver(
                TestPostgres.vertx(), Configs.of(WebhookConfig.class, "nexus.webhook.allow=127.0.0.0/8,::1"));
    }

    private Future<List<Warning>> cover(Subscription subscription) {
        catalog.current().withId(subscription.id()).map(Subscription::id).ifPresent(coveredAndKnown::add);
        return Future.succeededFuture(List.of(NO_IDENTITY));
    }

    private static SubscriptionDraft draft(String url, Mode mode) {
        SubscriptionSettings settings = SubscriptionSettings.of(
                "test",
                new Selection(List.of(new TypePattern("pg.public.users.*"))),
                WebhookSettings.of(URI.create(url), new SigningSecret("correct horse")));
        return new SubscriptionDraft(settings, mode);
    }
}
