package nexus.subscription;

/** Under which API a subscription was made; {@code /api/v1/listeners} shows only its own. */
public enum Door {
    SUBSCRIPTION,
    LISTENER
}
