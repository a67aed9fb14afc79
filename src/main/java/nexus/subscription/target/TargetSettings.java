package nexus.subscription.target;

/** Where a subscription sends. */
public sealed interface TargetSettings permits WebhookSettings {
    /** As requests and answers name it. */
    String type();

    /** Equal for two targets that lead to the same receiver. May hold a token. */
    String place();

    /** The name of a subscription that was given none. */
    String defaultName();
}
