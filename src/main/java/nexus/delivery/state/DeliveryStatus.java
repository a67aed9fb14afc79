package nexus.delivery.state;

/** What became of a delivery so far. */
public enum DeliveryStatus {
    /** Not tried yet, or retried by hand. */
    PENDING,
    SENT,
    /** Will be tried again. */
    FAILED,
    /** Given up: the dead-letter queue. */
    DEAD
}
