package nexus.target;

/**
 * Where deliveries are sent, with all that a {@link Sender} needs to know. Another kind of target is a record here, its
 * {@link TargetType}, and a sender in a room of its own.
 */
public sealed interface Target permits WebhookTarget {
    TargetType type();
}
