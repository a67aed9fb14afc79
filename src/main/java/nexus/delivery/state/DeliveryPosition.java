package nexus.delivery.state;

/**
 * The end of a page of deliveries. The next page contains only older ones.
 *
 * @param eventSeq seq of the event in a list that is sorted by event; otherwise 0
 */
public record DeliveryPosition(long eventSeq, long seq) {
    public static final DeliveryPosition NEWEST = new DeliveryPosition(Long.MAX_VALUE, Long.MAX_VALUE);
}
