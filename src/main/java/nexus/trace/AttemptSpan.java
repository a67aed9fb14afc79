package nexus.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Optional;

/** One request to a receiver, as a span that has begun. */
public final class AttemptSpan {
    private final Span span;

    AttemptSpan(Span span) {
        this.span = span;
    }

    /** What the receiver's own spans go on from. */
    public String traceparent() {
        return "00-" + span.getSpanContext().getTraceId() + "-"
                + span.getSpanContext().getSpanId() + "-01";
    }

    /**
     * It is over.
     *
     * @param outcome as in the meters
     * @param status of the answer, if there was one
     * @param error what went wrong, if something did
     */
    public void end(String outcome, Optional<Integer> status, Optional<String> error) {
        span.setAttribute("nexus.outcome", outcome);
        status.ifPresent(code -> span.setAttribute("http.response.status_code", (long) code));
        error.ifPresent(why -> span.setStatus(StatusCode.ERROR, why));
        span.end();
    }
}
