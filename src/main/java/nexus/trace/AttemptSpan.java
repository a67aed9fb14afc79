package nexus.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Optional;

/** The started span of one request to a receiver. */
public final class AttemptSpan {
    private final Span span;

    AttemptSpan(Span span) {
        this.span = span;
    }

    /** The parent of the receiver's own spans. */
    public String traceparent() {
        return Traceparent.sampled(
                span.getSpanContext().getTraceId(), span.getSpanContext().getSpanId());
    }

    /**
     * Ends the span.
     *
     * @param outcome as in the meters
     * @param status of the response, if there was one
     * @param error the failure, if there was one
     */
    public void end(String outcome, Optional<Integer> status, Optional<String> error) {
        span.setAttribute("nexus.outcome", outcome);
        status.ifPresent(code -> span.setAttribute("http.response.status_code", (long) code));
        error.ifPresent(why -> span.setStatus(StatusCode.ERROR, why));
        span.end();
    }
}
