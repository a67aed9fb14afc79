package nexus.template.expression;

/**
 * How much one rendering may compute. It counts operations and sizes instead of time, so that an expression ends in bounded
 * time and memory, and with the same result on every machine.
 */
public final class Budget {
    /** Iterations of all loops together. */
    public static final int MAX_STEPS = 1_000;
    /** Bytes of a result, and characters of each text that is computed. */
    public static final int MAX_RESULT = 256 * 1024;
    /** Characters and list elements that are computed, intermediate ones included. */
    static final int MAX_MADE = 8 * MAX_RESULT;
    /** Operations. Texts are charged by their length in portions. */
    static final int MAX_WORK = 4_000_000;

    /** As many characters are compared or searched for the cost of one operation. */
    private static final int PORTION = 16;

    private int steps = MAX_STEPS;
    private long made = MAX_MADE;
    private long work = MAX_WORK;

    /** Charges one iteration of a loop. */
    void step() {
        if (--steps < 0) {
            throw EvaluationFailed.atLimit("it takes more than " + MAX_STEPS + " loop steps");
        }
    }

    /** Charges operations. */
    void work(long operations) {
        work -= operations;
        if (work < 0) {
            throw EvaluationFailed.atLimit("it takes too many operations");
        }
    }

    /** Charges the reading of a text. */
    void read(long characters) {
        work(1 + characters / PORTION);
    }

    /** Charges a text, before it is made. */
    void text(long characters) {
        if (characters > MAX_RESULT) {
            throw EvaluationFailed.atLimit("a text becomes longer than 256 KiB");
        }
        made(characters);
    }

    /** Charges the characters or elements of a value, before it is made. */
    void made(long size) {
        made -= size;
        if (made < 0) {
            throw EvaluationFailed.atLimit("its intermediate values become too large");
        }
    }

    /** The operations so far, for tests. */
    long spentWork() {
        return MAX_WORK - work;
    }

    /** The characters and elements made so far, for tests. */
    long spentMade() {
        return MAX_MADE - made;
    }
}
