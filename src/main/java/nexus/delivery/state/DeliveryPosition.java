package nexus.delivery.state;

/**
 * Where a page of deliveries ended: the next one holds what is strictly before.
 *
 * @param eventSeq of the event, where a list goes from event to event; otherwise 0
 */
public record DeliveryPosition(long eventSeq, long seq) {
    public static final DeliveryPosition NEWEST = new DeliveryPosition(Long.MAX_VALUE, Long.MAX_VALUE);
}
