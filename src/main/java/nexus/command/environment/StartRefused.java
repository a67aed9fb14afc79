package nexus.command.environment;

/** The process cannot start. The message is one line for the user that names the problem and its fix. */
public final class StartRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public StartRefused(String message) {
        super(message, null, false, false);
    }
}
