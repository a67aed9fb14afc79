package nexus.queue.backlog;

/**
 * The room of a lane at one time.
 *
 * @param isOpen false when the lane is parked: nothing is read, and its deliveries in memory are returned
 * @param requests that may start now, at least 0
 * @param takesRenewed whether one delivery that was retried by hand may start although the lane is parked
 */
public record Room(boolean isOpen, int requests, boolean takesRenewed) {
    /** Nothing starts. */
    public static final Room PARKED = new Room(false, 0, false);

    public static Room open(int requests) {
        return new Room(true, Math.max(0, requests), false);
    }

    public static Room parked(boolean takesRenewed) {
        return takesRenewed ? new Room(false, 1, true) : PARKED;
    }
}
