package nexus.bench.subject;

import java.io.IOException;
import nexus.bench.receiver.Ledger;

/** Publishes events over HTTP, a batch in each request; every tenth has one of a hundred keys of this publisher's own. */
public final class EventPublisher implements EventSource {
    private static final int KEYS = 100;
    private static final int EVENTS_PER_KEYED = 10;
    private static final String NOTE = "note ".repeat(20);

    private final Ledger ledger;
    private final Way way;
    private final String type;
    private final int number;

    /** Sends JSON objects, with commas between them. */
    public interface Way {
        void publish(CharSequence events) throws IOException, InterruptedException;
    }

    /** @param number of the publisher, from 0: each has keys of its own, since between two requests there is no order */
    public EventPublisher(Ledger ledger, Way way, String type, int number) {
        this.ledger = ledger;
        this.way = way;
        this.type = type;
        this.number = number;
    }

    @Override
    public void write(int count) throws IOException, InterruptedException {
        long first = ledger.take(count);
        StringBuilder events = new StringBuilder(count * 320);
        for (long n = first; n < first + count; n++) {
            append(n, n > first ? "," : "", events);
        }
        ledger.sending(first, count);
        way.publish(events);
    }

    @Override
    public void close() {
        // the API is not its own
    }

    private void append(long n, String separator, StringBuilder events) {
        events.append(separator).append("{\"type\":\"").append(type).append("\",");
        boolean isKeyed = n % EVENTS_PER_KEYED == 0;
        long key = isKeyed ? 1 + number * KEYS + n / EVENTS_PER_KEYED % KEYS : 0;
        if (isKeyed) {
            events.append("\"orderingKey\":\"key-").append(key).append("\",");
        }
        events.append("\"data\":{\"n\":").append(n).append(",\"k\":").append(key);
        events.append(",\"customer\":\"customer ")
                .append(n)
                .append("\",\"status\":\"paid\",\"amount\":")
                .append(n);
        events.append(".25,\"note\":\"").append(NOTE).append("\"},\"metadata\":{\"source\":\"bench\"}}");
    }
}
