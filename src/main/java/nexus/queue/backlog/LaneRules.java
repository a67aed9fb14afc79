package nexus.queue.backlog;

/**
 * What the backlog has to know of a lane's subscription.
 *
 * @param isOrdered whether deliveries of one ordering key go one after the other
 * @param perSecond requests in a second at most
 */
public record LaneRules(int lane, boolean isOrdered, int perSecond) {}
