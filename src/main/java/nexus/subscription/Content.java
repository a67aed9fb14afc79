package nexus.subscription;

/** What is sent of an event. */
public record Content(String format) {
    /** The body is the event as Nexus stores it. */
    public static final String DEFAULT_FORMAT = "default";

    public static final Content DEFAULT = new Content(DEFAULT_FORMAT);
}
