package nexus.target;

/**
 * Where one request is sent, with all that a {@link Sender} needs to know then. It is made for the request out of the
 * settings of a subscription, which this room does not know. Another kind of target is a record here, its
 * {@link TargetType}, a sender in a room of its own, and settings in {@code subscription.target}.
 */
public sealed interface Target permits ChatTarget, KafkaTarget, MailTarget, SmsTarget, WebhookTarget {
    TargetType type();
}
