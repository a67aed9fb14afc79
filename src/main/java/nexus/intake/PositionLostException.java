package nexus.intake;

/** The position is not where this process left it: another one has taken capture over. Nothing was stored. */
public final class PositionLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PositionLostException(String slot) {
        super("the position of slot " + slot + " was moved by another process", null, false, false);
    }
}
