package nexus.subscription.target;

import java.time.Instant;
import nexus.target.Target;

/** Where a subscription sends. */
public sealed interface TargetSettings permits WebhookSettings {
    /** As requests and answers name it. */
    String type();

    /** As a sender needs it now. */
    Target at(Instant now);

    /** Equal for two targets that lead to the same receiver. May hold a token. */
    String place();

    /** The name of a subscription that was given none. */
    String defaultName();
}
