package nexus.subscription.catalog;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import nexus.event.TypePattern;
import nexus.subscription.Door;
import nexus.subscription.EndpointHealth;
import nexus.subscription.RetrySettings;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.secret.PreviousSecret;
import nexus.subscription.secret.SecretCipher;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.TargetCredentials;
import org.jspecify.annotations.Nullable;

/** A subscription as a row of its table: what may be secret is encrypted, and comparable by its digest. */
final class SubscriptionCodec {
    private final SecretCipher cipher;

    SubscriptionCodec(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** What equal subscriptions have in common, first under the present key. */
    List<Buffer> fingerprints(SubscriptionSettings settings) {
        return buffers(cipher.digests(settings.sameness()));
    }

    /** What equal endpoints have in common, first under the present key. */
    List<Buffer> digests(URI endpoint) {
        return buffers(cipher.digests(bytes(endpoint.toString())));
    }

    private static List<Buffer> buffers(List<byte[]> digests) {
        return digests.stream().map(Buffer::buffer).toList();
    }

    Buffer encrypted(String text, UUID id) {
        return Buffer.buffer(cipher.encrypt(text, id));
    }

    /** For {@code previous_secrets}. */
    JsonArray encrypted(List<PreviousSecret> previous, UUID id) {
        JsonArray stored = new JsonArray();
        previous.forEach(secret -> stored.add(new JsonObject()
                .put(
                        "secret",
                        HexFormat.of().formatHex(cipher.encrypt(secret.secret().text(), id)))
                .put("until", secret.until().toEpochMilli())));
        return stored;
    }

    /** In the order of INSERT and UPDATE, from {@code name} on. */
    List<@Nullable Object> columns(UUID id, SubscriptionSettings settings) {
        List<@Nullable Object> values = new ArrayList<>();
        values.add(settings.name());
        values.add(encrypted(settings.endpointUrl().toString(), id));
        values.add(digests(settings.endpointUrl()).getFirst());
        values.add(settings.eventTypes().stream().map(TypePattern::value).toArray(String[]::new));
        values.add(fingerprints(settings).getFirst());
        values.add(
                settings.headers().isEmpty()
                        ? null
                        : encrypted(new JsonObject(new LinkedHashMap<>(settings.headers())).encode(), id));
        values.add(encrypted(settings.secret().text(), id));
        values.add(settings.ordered() ? "key" : "none");
        values.add(settings.concurrency());
        values.add(settings.rateLimit().orElse(null));
        values.add(settings.retry().maxAttempts().orElse(null));
        values.add(settings.retry().baseSeconds().orElse(null));
        values.add(settings.retry().cap().map(Duration::toString).orElse(null));
        values.add(settings.deadOn().stream().sorted().toArray(Integer[]::new));
        values.add(settings.isEnabled());
        values.add(
                settings.credentials().stored().map(text -> encrypted(text, id)).orElse(null));
        return values;
    }

    Subscription subscription(Row row) {
        UUID id = row.getUUID("id");
        return new Subscription(
                id,
                row.getInteger("lane"),
                Door.valueOf(row.getString("door").toUpperCase(Locale.ROOT)),
                row.getString("name"),
                URI.create(cipher.decrypt(row.getBuffer("endpoint").getBytes(), id)),
                List.of(row.getArrayOfStrings("event_types")).stream()
                        .map(TypePattern::new)
                        .toList(),
                decrypted(row, "headers", id).map(SubscriptionCodec::headers).orElse(Map.of()),
                new SigningSecret(cipher.decrypt(row.getBuffer("secret").getBytes(), id)),
                row.getString("ordering").equals("key"),
                row.getInteger("concurrency"),
                Optional.ofNullable(row.getInteger("rate_limit")),
                new RetrySettings(
                        Optional.ofNullable(row.getInteger("retry_max_attempts")),
                        Optional.ofNullable(row.getInteger("retry_base_seconds")),
                        Optional.ofNullable(row.getString("retry_cap")).map(Duration::parse)),
                Set.of(row.getArrayOfIntegers("dead_on")),
                row.getBoolean("is_enabled"),
                Optional.ofNullable(row.getString("disabled_reason")),
                instant(row, "held_until"),
                health(row),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant(),
                decrypted(row, "credentials", id)
                        .map(TargetCredentials::ofStored)
                        .orElse(TargetCredentials.NONE),
                previousSecrets(row.getJsonArray("previous_secrets"), id));
    }

    private List<PreviousSecret> previousSecrets(JsonArray stored, UUID id) {
        List<PreviousSecret> previous = new ArrayList<>();
        for (int i = 0; i < stored.size(); i++) {
            JsonObject secret = stored.getJsonObject(i);
            byte[] encrypted = HexFormat.of().parseHex(secret.getString("secret"));
            previous.add(new PreviousSecret(
                    new SigningSecret(cipher.decrypt(encrypted, id)), Instant.ofEpochMilli(secret.getLong("until"))));
        }
        return previous;
    }

    private Optional<String> decrypted(Row row, String column, UUID id) {
        return Optional.ofNullable(row.getBuffer(column)).map(stored -> cipher.decrypt(stored.getBytes(), id));
    }

    private static EndpointHealth health(Row row) {
        return new EndpointHealth(
                instant(row, "breaker_opened_at")
                        .map(at -> new EndpointHealth.Opened(
                                at,
                                instant(row, "breaker_probe_at").orElse(at),
                                row.getInteger("breaker_failed_probes"))),
                instant(row, "failing_since")
                        .map(since -> new EndpointHealth.Failing(since, row.getInteger("failing_attempts"))));
    }

    private static Optional<Instant> instant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    private static Map<String, String> headers(String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        new JsonObject(json)
                .forEach(entry -> headers.put(entry.getKey(), entry.getValue().toString()));
        return headers;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
