package nexus.subscription.target;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import nexus.subscription.secret.SigningSecrets;
import nexus.target.Target;
import nexus.target.TargetType;

/**
 * The target of a subscription as its owner manages it: the secrets of a rotation with their ends, which credentials are
 * shown again, and which were generated. It is stored encrypted. A {@link Target} is the part of it that one request
 * needs, at one time: only the keys that sign then, and credentials ready for use. So a sender knows neither the API's
 * fields nor rotation, and an answer of the API is never built from what a sender holds.
 *
 * <p>{@link #at} is the only way from settings to a target, and {@link TargetJson#ofStored} the only way to settings of a
 * given {@link TargetType}. Both families have one record for each type; its {@link TargetForm} is in {@link TargetCatalog}.
 */
public sealed interface TargetSettings permits ChatSettings, MailSettings, SmsSettings, TargetSettings.Signed {
    TargetType type();

    /**
     * The target of a request at this time.
     *
     * @return of the same type
     */
    Target at(Instant now);

    /**
     * The same target with every credential replaced by {@value TargetHeaders#HIDDEN}, apart from the keys that sign: for
     * an answer that describes a request. What {@link TargetJson#shown} hides from a caller who may manage is hidden here.
     *
     * @return of the same type
     */
    Target withoutCredentialsAt(Instant now);

    /** Equal for two targets that lead to the same receiver. May hold a token. */
    String place();

    /** The name of a subscription that was given none. */
    String defaultName();

    /** The URLs whose hosts it leads to, as far as the settings name them. */
    List<URI> reaches();

    /** A target whose deliveries are signed. */
    sealed interface Signed extends TargetSettings permits KafkaSettings, WebhookSettings {
        SigningSecrets secrets();

        /** The same target with other secrets. */
        Signed with(SigningSecrets other);
    }
}
