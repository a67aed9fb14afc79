package nexus.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import java.util.UUID;

/**
 * The ids of an event's trace, all of them out of the event's own: whichever process does the next thing to it, hours later
 * or after a crash, finds them without having stored anything.
 */
record TraceIds(UUID event) {
    private static final double STEPS = 1L << 53;

    /** 32 hex digits: the event's id. */
    String traceId() {
        return TraceId.fromLongs(event.getMostSignificantBits(), event.getLeastSignificantBits());
    }

    /** Of the span that took the event in, the parent of all its attempts. */
    String rootSpanId() {
        long mixed = mix(event.getMostSignificantBits() ^ Long.rotateLeft(event.getLeastSignificantBits(), 32));
        return SpanId.fromLong(mixed == 0 ? 1 : mixed);
    }

    /** The same answer in every process. */
    boolean isSampled(double ratio) {
        return (mix(event.getLeastSignificantBits()) >>> 11) / STEPS < ratio;
    }

    /** Spreads ids of which parts are a clock or fixed over all 64 bits: the finalizer of SplitMix64. */
    private static long mix(long value) {
        long first = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        long second = (first ^ (first >>> 27)) * 0x94d049bb133111ebL;
        return second ^ (second >>> 31);
    }
}
