package nexus.target;

/** Whether a request may be made by this process. */
@FunctionalInterface
public interface Permission {
    /** For a request that needs no lease: {@link Sender#cutOff} leaves it alone. */
    Permission ALWAYS = () -> true;

    /** Asked right before the request is written. */
    boolean isGiven();
}
