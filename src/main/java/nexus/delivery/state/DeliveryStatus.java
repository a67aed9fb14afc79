package nexus.delivery.state;

/** The status of a delivery. */
public enum DeliveryStatus {
    /** Not tried yet, or retried by hand. */
    PENDING,
    SENT,
    /** Will be tried again. */
    FAILED,
    /** Given up: the dead-letter queue. */
    DEAD
}
