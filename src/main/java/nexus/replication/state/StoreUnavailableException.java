package nexus.replication.state;

/** The store did not answer, or answered with an error. Nothing is known of what it did. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(Throwable cause) {
        super("the store failed: " + cause.getMessage(), cause);
    }
}
