package nexus.replication.state;

import java.time.Duration;
import nexus.replication.state.CaptureState.Status;

/** The reason, worded for an operator, why this process does not capture now, and the delay until the next attempt. */
public final class CannotCapture extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Short, so that another process takes over within seconds. */
    private static final Duration STANDBY_RETRY = Duration.ofSeconds(2);
    /** A change by an administrator need not be noticed at once. */
    private static final Duration BLOCKED_RETRY = Duration.ofSeconds(5);

    private final Status status;
    private final Duration retryIn;

    private CannotCapture(Status status, String detail, Duration retryIn) {
        super(detail, null, false, false);
        this.status = status;
        this.retryIn = retryIn;
    }

    /** Another process captures. */
    public static CannotCapture standby(String detail) {
        return new CannotCapture(Status.STANDBY, detail, STANDBY_RETRY);
    }

    /** An administrator has to change something. */
    public static CannotCapture blocked(String detail) {
        return new CannotCapture(Status.BLOCKED, detail, BLOCKED_RETRY);
    }

    /** The slot is lost, and only an operator can decide to continue without its remaining changes. */
    public static CannotCapture lost(String what) {
        String detail = what + "; to go on without the changes in between: POST /v1/source/reset {\"from\":\"now\"}";
        return new CannotCapture(Status.LOST, detail, BLOCKED_RETRY);
    }

    public Status status() {
        return status;
    }

    public Duration retryIn() {
        return retryIn;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
