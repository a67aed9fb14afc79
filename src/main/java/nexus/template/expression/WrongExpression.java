package nexus.template.expression;

/** The text is no expression that can be compiled. */
public final class WrongExpression extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    /** @param offset in characters of the expression's text, from 0 */
    WrongExpression(int offset, String message) {
        super(message, null, false, false);
        this.offset = offset;
    }

    public int offset() {
        return offset;
    }

    public String words() {
        return String.valueOf(getMessage());
    }
}
