package nexus.template.expression;

/**
 * An expression has no value. The message may be shown to every caller who may read deliveries: it names fields of the
 * template, and never a value of the event.
 */
public final class EvaluationFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    private EvaluationFailed(String message, boolean isFinal) {
        super(message, null, false, false);
        this.isFinal = isFinal;
    }

    public EvaluationFailed(String message) {
        this(message, false);
    }

    /** A limit was reached. {@code ||} and {@code &&} do not recover from it. */
    static EvaluationFailed atLimit(String message) {
        return new EvaluationFailed(message, true);
    }

    boolean isFinal() {
        return isFinal;
    }

    /** The message of an {@code EvaluationFailed} is never null. */
    public String words() {
        return String.valueOf(getMessage());
    }
}
