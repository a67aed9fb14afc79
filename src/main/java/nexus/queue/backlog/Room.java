package nexus.queue.backlog;

/**
 * What a lane has room for at one moment.
 *
 * @param isOpen false when the lane is parked: nothing of it is read, and what was in memory is given back
 * @param requests that may start now, at least 0
 * @param takesRenewed whether one delivery that a person has retried may go although the lane is parked
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
