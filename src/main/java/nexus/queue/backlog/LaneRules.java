package nexus.queue.backlog;

/**
 * The settings of a subscription that the backlog needs.
 *
 * @param isOrdered whether deliveries of one ordering key are sent one after the other
 * @param perSecond most requests a second
 */
public record LaneRules(int lane, boolean isOrdered, int perSecond) {}
