package nexus.job;

import io.vertx.core.Future;
import nexus.process.Role;

/**
 * A kind of jobs: it knows their steps. Implementations are beans, and {@link JobRunner} calls them for the jobs whose lease
 * this process holds.
 *
 * <p>A step is one transaction. It writes its deliveries or events together with {@link Jobs#advance}, and is rolled back
 * when that returns nothing. So a process that is killed, or whose job another process has taken over, neither repeats nor
 * omits anything.
 */
public interface JobKind {
    /** The value of {@link Job#kind}. */
    String name();

    /** Only processes with this role run such jobs. */
    Role role();

    /** Whether this process can make steps at the moment; otherwise its leases are left to others. */
    default boolean isReady() {
        return true;
    }

    /**
     * Makes the next step.
     *
     * @param job as it is stored
     * @param most number of events that its rate allows now, at least 1
     * @return fails if the step is to be repeated later
     */
    Future<Turn> step(Job job, int most);
}
