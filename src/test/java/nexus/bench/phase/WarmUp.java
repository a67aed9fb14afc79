package nexus.bench.phase;

import nexus.bench.subject.Subject;

/** Load before the measurement: sees that events arrive at all, and has the code compiled that they need. */
public final class WarmUp {
    /** The name of the table and of the type that most parts use. */
    public static final String MAIN = "order";

    private static final int FIRST_ARRIVAL_SECONDS = 30;

    private final Subject subject;

    public WarmUp(Subject subject) {
        this.subject = subject;
    }

    /** @param seconds for each way in */
    public void run(String name, double seconds) throws Exception {
        try (Ways ways = new Ways(subject, name)) {
            for (Ways.Way way : ways.all()) {
                seeOneArrive(way);
            }
            for (Ways.Way way : ways.all()) {
                subject.load().underBacklog(way.writers(), () -> {
                    Pause.seconds(seconds);
                    return true;
                });
            }
        }
    }

    private void seeOneArrive(Ways.Way way) throws Exception {
        if (!subject.load().isReceived(way.writers().getFirst(), FIRST_ARRIVAL_SECONDS)) {
            throw new IllegalStateException("the first of \"" + way.title() + "\" has not come to the receiver at "
                    + subject.receiverBase().getHost() + " within " + FIRST_ARRIVAL_SECONDS
                    + " s: the instance must be able to reach that address (--receiver-host), its TARGETS_ALLOW must"
                    + " permit it, and for rows its SOURCE_DATABASE_URL must be --source-url");
        }
    }
}
