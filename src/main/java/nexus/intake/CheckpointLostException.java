package nexus.intake;

/** The stored checkpoint has changed because another process has taken the source over. Nothing was stored. */
public final class CheckpointLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointLostException(String source) {
        super("the position of " + source + " was moved by another process", null, false, false);
    }
}
