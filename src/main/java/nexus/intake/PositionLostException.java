package nexus.intake;

/** The stored position has changed because another process has taken capture over. Nothing was stored. */
public final class PositionLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PositionLostException(String slot) {
        super("the position of slot " + slot + " was moved by another process", null, false, false);
    }
}
