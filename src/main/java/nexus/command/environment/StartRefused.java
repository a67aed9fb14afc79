package nexus.command.environment;

/** Nexus can't start as it was asked to. The message is one line for the user: what is wrong and how to put it right. */
public final class StartRefused extends Exception {
    private static final long serialVersionUID = 1L;

    public StartRefused(String message) {
        super(message, null, false, false);
    }
}
