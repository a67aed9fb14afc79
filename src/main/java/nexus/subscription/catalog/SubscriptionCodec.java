package nexus.subscription.catalog;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import nexus.store.Rows;
import nexus.subscription.EndpointHealth;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Pauses;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.SubscriptionState;
import nexus.subscription.json.SettingsJson;
import nexus.subscription.secret.SecretCipher;
import nexus.subscription.target.TargetJson;
import nexus.subscription.target.TargetSettings;

/** A subscription as a row of its table: the target is encrypted, and comparable by its digest. */
final class SubscriptionCodec {
    private final SecretCipher cipher;

    SubscriptionCodec(SecretCipher cipher) {
        this.cipher = cipher;
    }

    /** The settings as columns of the row. */
    record Columns(JsonObject settings, Buffer target, Buffer targetDigest, Buffer fingerprint) {}

    Columns columns(UUID id, SubscriptionSettings settings) {
        return new Columns(
                new JsonObject(SettingsJson.write(settings)),
                Buffer.buffer(cipher.encrypt(TargetJson.stored(settings.target()), id)),
                digests(settings.target()).getFirst(),
                fingerprints(settings).getFirst());
    }

    /** Reads what {@link #columns} made. */
    SubscriptionSettings settings(UUID id, JsonObject settings, byte[] target) {
        return SettingsJson.stored(settings, TargetJson.ofStored(cipher.decrypt(target, id)));
    }

    /** The digests of equal subscriptions, first under the current key. */
    List<Buffer> fingerprints(SubscriptionSettings settings) {
        return buffers(cipher.digests(settings.sameness()));
    }

    /** The digests of equal targets, first under the current key. */
    List<Buffer> digests(TargetSettings target) {
        return buffers(cipher.digests(bytes(target.place())));
    }

    private static List<Buffer> buffers(List<byte[]> digests) {
        return digests.stream().map(Buffer::buffer).toList();
    }

    Subscription subscription(Row row) {
        UUID id = row.getUUID("id");
        return new Subscription(
                id,
                row.getInteger("lane"),
                Kind.of(row.getString("kind")),
                settings(
                        id,
                        row.getJsonObject("settings"),
                        row.getBuffer("target").getBytes()),
                state(row),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"));
    }

    static SubscriptionState state(Row row) {
        return new SubscriptionState(
                Mode.of(row.getString("state")),
                Optional.ofNullable(row.getString("disabled_reason")),
                pauses(row.getJsonArray("pauses")),
                Rows.time(row, "held_until"),
                health(row));
    }

    private static Pauses pauses(JsonArray json) {
        return json.isEmpty()
                ? Pauses.NONE
                : new Pauses(json.stream()
                        .map(JsonArray.class::cast)
                        .map(pause -> new Pauses.Pause(
                                Instant.ofEpochMilli(pause.getLong(0)),
                                Optional.ofNullable(pause.getLong(1)).map(Instant::ofEpochMilli)))
                        .toList());
    }

    static JsonArray pauses(Pauses pauses) {
        JsonArray json = new JsonArray();
        pauses.all()
                .forEach(pause -> json.add(new JsonArray()
                        .add(pause.from().toEpochMilli())
                        .add(pause.until().map(Instant::toEpochMilli).orElse(null))));
        return json;
    }

    private static EndpointHealth health(Row row) {
        return new EndpointHealth(
                Rows.time(row, "breaker_opened_at")
                        .map(at -> new EndpointHealth.Opened(
                                at,
                                Rows.time(row, "breaker_probe_at").orElse(at),
                                row.getInteger("breaker_failed_probes"))),
                Rows.time(row, "failing_since")
                        .map(since -> new EndpointHealth.Failing(since, row.getInteger("failing_attempts"))),
                alert(row));
    }

    /** Without whether it is due, which has a column of its own. */
    static JsonObject alert(EndpointHealth.Alert alert) {
        return new JsonObject()
                .put("failing", alert.isFailing())
                .put("since", alert.since().toEpochMilli())
                .put("at", alert.at().toEpochMilli())
                .put("error", alert.error())
                .put("statusCode", alert.statusCode().orElse(null));
    }

    static Optional<EndpointHealth.Alert> alert(Row row) {
        return Optional.ofNullable(row.getJsonObject("alert"))
                .map(alert -> new EndpointHealth.Alert(
                        alert.getBoolean("failing"),
                        Instant.ofEpochMilli(alert.getLong("since")),
                        Instant.ofEpochMilli(alert.getLong("at")),
                        alert.getString("error"),
                        Optional.ofNullable(alert.getInteger("statusCode")),
                        row.getBoolean("alert_due")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
