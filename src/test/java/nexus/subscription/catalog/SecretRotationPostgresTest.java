package nexus.subscription.catalog;

import static nexus.testkit.TestPostgres.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nexus.api.caller.AuditedChange;
import nexus.event.TypePattern;
import nexus.refusal.Refusal;
import nexus.store.Store;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Kind;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SecretCipher;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.secret.SigningSecrets;
import nexus.subscription.target.AuthSettings;
import nexus.subscription.target.TargetCredentials;
import nexus.subscription.target.WebhookSettings;
import nexus.target.credential.TargetAuth;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The two rotations: of a signing secret, and of the key that everything is encrypted with. */
class SecretRotationPostgresTest {
    private static final byte[] OLD = new byte[32];
    private static final byte[] NEW = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final SigningSecret FIRST = new SigningSecret("the first secret");
    private static final SigningSecret SECOND = new SigningSecret("the second secret");
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43.400Z");
    private static final Instant SOON = Instant.parse("2999-01-01T00:00:00Z");

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everySecretSignsUntilTheTimePromisedForIt() {
        SubscriptionRepository repository = repository(new SecretCipher(OLD));
        UUID id = insert(repository, "http://127.0.0.1/overlap");
        Subscription rotated = await(repository.rotate(id, SECOND, NOW, SOON, AuditedChange.NONE));
        assertThat(webhook(rotated).at(SOON.minusMillis(1)).keys()).containsExactly(SECOND.key(), FIRST.key());
        assertThat(webhook(rotated).at(SOON).keys()).containsExactly(SECOND.key());

        await(repository.rotate(id, secret(3), NOW, SOON.plusSeconds(60), AuditedChange.NONE));
        Subscription again = await(repository.rotate(id, secret(4), NOW, NOW, AuditedChange.NONE));
        assertThat(webhook(again).at(NOW).keys())
                .as("the third had no time left, the others have")
                .containsExactly(secret(4).key(), SECOND.key(), FIRST.key());
        assertThat(webhook(again).at(SOON).keys()).containsExactly(secret(4).key(), SECOND.key());

        Subscription replaced = await(repository.update(id, before -> before.draft()
                .with(webhook(before).with(webhook(before).secrets().with(secret(5))))));
        assertThat(webhook(replaced).at(NOW).keys()).containsExactly(secret(5).key(), SECOND.key(), FIRST.key());
        Subscription late = await(repository.rotate(id, secret(6), SOON, SOON, AuditedChange.NONE));
        assertThat(webhook(late).secrets().previous())
                .extracting(PreviousSecret::secret)
                .containsExactly(SECOND);
    }

    @Test
    void tenSecretsSignAndTheNextRotationWaits() {
        SubscriptionRepository repository = repository(new SecretCipher(OLD));
        UUID id = insert(repository, "http://127.0.0.1/ten");
        for (int i = 1; i < 10; i++) {
            await(repository.rotate(id, secret(i), NOW, SOON.plusSeconds(i), AuditedChange.NONE));
        }
        Subscription full = await(repository.find(id)).orElseThrow();
        assertThat(webhook(full).at(NOW).keys()).hasSize(10);
        assertThatThrownBy(() -> await(repository.rotate(id, secret(10), NOW, SOON, AuditedChange.NONE)))
                .isInstanceOfSatisfying(Refusal.Conflict.class, refusal -> assertThat(refusal.code())
                        .isEqualTo("too-many-secrets"))
                .hasMessageContaining("2999-01-01T00:00:01.000Z");
        assertThat(await(repository.find(id))).contains(full);
        assertThat(webhook(await(repository.rotate(id, secret(10), NOW, NOW, AuditedChange.NONE)))
                        .at(NOW)
                        .keys())
                .as("the present one had no promise")
                .hasSize(10);
    }

    @Test
    void theSameIsFoundUnderTheKeyBeforeToo() throws SQLException {
        SubscriptionRepository before = repository(new SecretCipher(OLD));
        insert(before, "http://127.0.0.1/same");
        SecretCipher both = new SecretCipher(NEW, Optional.of(OLD));
        assertThatThrownBy(() -> insert(repository(both), "http://127.0.0.1/same"))
                .isInstanceOf(Refusal.Conflict.class);
        try (Connection connection = TestPostgres.connect(url)) {
            SecretRotation.run(connection, both);
        }
        assertThatThrownBy(() -> insert(repository(new SecretCipher(NEW)), "http://127.0.0.1/same"))
                .isInstanceOf(Refusal.Conflict.class);
    }

    private static SigningSecret secret(int number) {
        return new SigningSecret("secret number " + number);
    }

    @Test
    void everythingIsEncryptedAnewAndTheOldKeyIsNeededNoLonger() throws SQLException {
        SubscriptionRepository before = repository(new SecretCipher(OLD));
        UUID id = insert(before, "http://127.0.0.1/rotated");
        await(before.rotate(id, SECOND, NOW, SOON, AuditedChange.NONE));
        EndpointHealth health = new EndpointHealth(Optional.empty(), Optional.of(new EndpointHealth.Failing(NOW, 3)));
        SecretCipher both = new SecretCipher(NEW, Optional.of(OLD));
        assertThat(await(repository(both).find(id))).isPresent();

        try (Connection connection = TestPostgres.connect(url)) {
            assertThatThrownBy(() -> SecretRotation.run(connection, new SecretCipher(NEW)))
                    .isInstanceOf(IllegalStateException.class);
        }
        try (Connection connection = TestPostgres.connect(url)) {
            assertThat(SecretRotation.run(connection, both)).isPositive();
            assertThat(SecretRotation.run(connection, both)).isZero();
        }

        Subscription rotated = await(repository(new SecretCipher(NEW)).find(id)).orElseThrow();
        assertThat(webhook(rotated).url()).isEqualTo(URI.create("http://127.0.0.1/rotated"));
        await(repository(new SecretCipher(NEW)).health(id, rotated.target(), health));
        Subscription after = await(repository(new SecretCipher(NEW)).find(id)).orElseThrow();
        assertThat(after.state().health()).isEqualTo(health);
        assertThat(webhook(after).at(Instant.EPOCH).keys()).containsExactly(SECOND.key(), FIRST.key());
        assertThat(webhook(after).at(NOW).access().auth()).isEqualTo(TargetAuth.bearer("t0ken"));
        assertThatThrownBy(() -> await(repository(new SecretCipher(OLD)).find(id)))
                .hasMessageContaining("NEXUS_SECRET_KEY");
    }

    private SubscriptionRepository repository(SecretCipher cipher) {
        return new SubscriptionRepository(store, cipher);
    }

    private static UUID insert(SubscriptionRepository repository, String endpoint) {
        UUID id = UUID.randomUUID();
        AuthSettings auth = new AuthSettings("bearer", Map.of("token", "t0ken"));
        WebhookSettings target = new WebhookSettings(
                URI.create(endpoint),
                Map.of(),
                SigningSecrets.of(FIRST),
                new TargetCredentials(Optional.of(auth), Optional.empty(), Optional.empty()));
        await(repository.insert(
                id,
                Kind.SUBSCRIPTION,
                SubscriptionSettings.of("test", new Selection(List.of(new TypePattern("a.b"))), target)));
        return id;
    }

    private static WebhookSettings webhook(Subscription subscription) {
        return (WebhookSettings) subscription.target();
    }
}
