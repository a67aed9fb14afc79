package nexus.subscription.target;

import java.util.function.Supplier;
import nexus.api.json.JsonBody;
import nexus.subscription.secret.SigningSecret;

/**
 * The request whose target is read.
 *
 * @param kept receives the stored secrets whose values are not in the body
 * @param generated gives a signing secret where the body has none
 */
record TargetReading(JsonBody body, KeptSecrets kept, Supplier<SigningSecret> generated) {}
