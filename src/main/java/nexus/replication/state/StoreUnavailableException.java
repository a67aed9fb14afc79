package nexus.replication.state;

/** The store did not respond, or responded with an error. The effect of the operation is unknown. */
public final class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreUnavailableException(Throwable cause) {
        super("the store failed: " + cause.getMessage(), cause);
    }
}
