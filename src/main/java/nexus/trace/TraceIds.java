package nexus.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import java.util.UUID;

/**
 * The ids of an event's trace, derived from the event's id, so that any process computes the same ids hours later or after
 * a crash without storing them.
 */
record TraceIds(UUID event) {
    private static final double STEPS = 1L << 53;

    /** 32 hex digits: the event's id. */
    String traceId() {
        return TraceId.fromLongs(event.getMostSignificantBits(), event.getLeastSignificantBits());
    }

    /** The id of the intake span, the parent of all attempts. */
    String rootSpanId() {
        long mixed = mix(event.getMostSignificantBits() ^ Long.rotateLeft(event.getLeastSignificantBits(), 32));
        return SpanId.fromLong(mixed == 0 ? 1 : mixed);
    }

    /** The result is the same in every process. */
    boolean isSampled(double ratio) {
        return (mix(event.getLeastSignificantBits()) >>> 11) / STEPS < ratio;
    }

    /** Distributes ids with clock or constant parts over all 64 bits: the finalizer of SplitMix64. */
    private static long mix(long value) {
        long first = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        long second = (first ^ (first >>> 27)) * 0x94d049bb133111ebL;
        return second ^ (second >>> 31);
    }
}
