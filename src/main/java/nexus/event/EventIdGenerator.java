package nexus.event;

import java.time.Clock;
import java.util.random.RandomGenerator;

/** Makes ids of published events: version 7, ascending within this process also inside one millisecond. */
public final class EventIdGenerator {
    private final Clock clock;
    private final RandomGenerator random;
    private long lastMilli; // guarded by this
    private int counter; // guarded by this; 12 bits, seeded low so that it rarely runs over

    public EventIdGenerator(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public synchronized EventId next() {
        long now = clock.millis();
        if (now > lastMilli) {
            lastMilli = now;
            counter = random.nextInt(0x800);
        } else if (++counter > 0xfff) {
            lastMilli++; // more than 2048 in a millisecond: run ahead of the clock rather than repeat
            counter = random.nextInt(0x800);
        }
        return EventId.version7(lastMilli, counter, random.nextLong());
    }
}
