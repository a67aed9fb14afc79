package nexus.event;

import java.time.Clock;
import java.util.random.RandomGenerator;

/** Generates ids of published events: UUID version 7, ascending within this process, also within a millisecond. */
public final class EventIdGenerator {
    private final Clock clock;
    private final RandomGenerator random;
    private long lastMilli; // guarded by this
    private int counter; // guarded by this; 12 bits, starts low, so that it rarely overflows

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
            lastMilli++; // more than 2048 ids in a millisecond run ahead of the clock instead of repeating
            counter = random.nextInt(0x800);
        }
        return EventId.version7(lastMilli, counter, random.nextLong());
    }
}
