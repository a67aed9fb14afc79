package nexus.shape;

/**
 * An event that cannot be put into the form of its subscription. The same event ends the same until the subscription is
 * changed.
 *
 * @param message for the attempt's log; must not contain values of the event
 */
public record Unshapable(Reason reason, String message) implements Shaped {
    /** The text is part of the API: it is the reason of the dead delivery. */
    public enum Reason {
        /** An expression of the subscription's template failed. */
        TRANSFORM_FAILED("transform-failed"),
        /** The stored body does not have the parts of an event. */
        EVENT_UNREADABLE("event-unreadable");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }
}
