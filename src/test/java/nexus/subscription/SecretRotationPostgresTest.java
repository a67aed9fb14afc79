package nexus.subscription;

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
import nexus.event.TypePattern;
import nexus.store.Store;
import nexus.testkit.TestPostgres;
import nexus.webhook.TargetAuth;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The two rotations: of a signing secret, and of the key that everything is encrypted with. */
class SecretRotationPostgresTest {
    private static final byte[] OLD = new byte[32];
    private static final byte[] NEW = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final SigningSecret FIRST = new SigningSecret("the first secret");
    private static final SigningSecret SECOND = new SigningSecret("the second secret");
    private static final Instant SOON = Instant.parse("2999-01-01T00:00:00Z");

    private static String url;
    private static Store store;

    @BeforeAll
    static void open() {
        url = TestPostgres.freshStore();
        store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    }

    @AfterAll
    static void close() {
        store.close();
    }

    @Test
    void bothSecretsSignDuringTheOverlapTheNewOneFirst() {
        SubscriptionRepository repository = repository(new SecretCipher(OLD));
        UUID id = insert(repository, "http://127.0.0.1/overlap");
        Subscription rotated = await(repository.rotate(id, SECOND, SOON));
        assertThat(rotated.signingKeys(SOON.minusMillis(1))).containsExactly(SECOND.key(), FIRST.key());
        assertThat(rotated.signingKeys(SOON)).containsExactly(SECOND.key());
        Subscription again = await(repository.rotate(id, FIRST, Instant.EPOCH));
        assertThat(again.previousSecret()).isEmpty();
        assertThat(await(repository.find(id)).orElseThrow().signingKeys(Instant.EPOCH))
                .containsExactly(FIRST.key());
    }

    @Test
    void everythingIsEncryptedAnewAndTheOldKeyIsNeededNoLonger() throws SQLException {
        SubscriptionRepository before = repository(new SecretCipher(OLD));
        UUID id = insert(before, "http://127.0.0.1/rotated");
        await(before.rotate(id, SECOND, SOON));
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

        Subscription after = await(repository(new SecretCipher(NEW)).find(id)).orElseThrow();
        assertThat(after.signingKeys(Instant.EPOCH)).containsExactly(SECOND.key(), FIRST.key());
        assertThat(after.access().auth()).isEqualTo(TargetAuth.bearer("t0ken"));
        assertThatThrownBy(() -> await(repository(new SecretCipher(OLD)).find(id)))
                .hasMessageContaining("NEXUS_SECRET_KEY");
    }

    private static SubscriptionRepository repository(SecretCipher cipher) {
        return new SubscriptionRepository(store, cipher);
    }

    private static UUID insert(SubscriptionRepository repository, String endpoint) {
        UUID id = UUID.randomUUID();
        SubscriptionSettings plain =
                SubscriptionSettings.of("test", URI.create(endpoint), List.of(new TypePattern("a.b")), FIRST);
        AuthSettings auth = new AuthSettings("bearer", Map.of("token", "t0ken"));
        await(repository.insert(
                id,
                Door.SUBSCRIPTION,
                new SubscriptionSettings(
                        plain.name(),
                        plain.endpointUrl(),
                        plain.eventTypes(),
                        plain.headers(),
                        plain.secret(),
                        plain.ordered(),
                        plain.concurrency(),
                        plain.rateLimit(),
                        plain.retry(),
                        plain.deadOn(),
                        plain.isEnabled(),
                        new TargetCredentials(Optional.of(auth), Optional.empty(), Optional.empty()))));
        return id;
    }
}
