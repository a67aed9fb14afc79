package nexus.embedded;

/** The embedded database cannot run. The message is one line for the user. */
public final class EmbeddedDatabaseException extends Exception {
    private static final long serialVersionUID = 1L;

    EmbeddedDatabaseException(String message) {
        super(message, null, false, false);
    }
}
