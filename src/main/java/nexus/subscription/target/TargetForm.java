package nexus.subscription.target;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import nexus.api.json.JsonBody;
import nexus.subscription.secret.SigningSecret;
import nexus.target.TargetType;
import org.jspecify.annotations.Nullable;

/**
 * The written form of the settings of one type of targets: in requests, in answers, in the store, and described in JSON
 * Schema. {@link TargetCatalog} has one for each {@link TargetType}.
 */
interface TargetForm<S extends TargetSettings> {
    TargetType type();

    /** What targets of this type are, in one sentence. */
    String description();

    /** The fields of a subscription that belong to targets of this type, described. */
    TargetFields fields();

    /**
     * Reads the fields of the target. Fields that are absent stay as they are.
     *
     * @param before empty when the subscription is new or had a target of another type
     * @return empty when an error was noted in the body
     */
    Optional<S> read(Reading reading, Optional<S> before);

    /**
     * The fields as answers show them, without secrets.
     *
     * @param toManager whether URLs are shown whole, not their origins alone
     */
    Map<String, @Nullable Object> shown(S settings, boolean toManager);

    /** With secrets: to be encrypted. */
    JsonObject stored(S settings);

    /**
     * The settings of a target that is known by its URL alone.
     *
     * @param generated signs, if deliveries to such targets are signed
     */
    S ofUrl(URI url, SigningSecret generated);

    /** Reads what {@link #stored} wrote, in this version or an earlier one. */
    S ofStored(JsonObject json);

    /** What leads to another receiver, in words that continue "because … changes"; empty when nothing does. */
    Optional<String> moved(S before, S after);

    /**
     * The request whose target is read.
     *
     * @param kept receives the stored secrets whose values are not in the body
     * @param generated gives a signing secret where the body has none
     */
    record Reading(JsonBody body, KeptSecrets kept, Supplier<SigningSecret> generated) {}
}
