package nexus.intake;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.UUID;

/** A change of another room's rows that is committed together with captured events, or not at all. */
public interface Along {
    /** The job whose events it belongs to: those with this job as {@link nexus.event.IncomingEvent.Recipient#job}. */
    UUID job();

    /**
     * Makes the change on a connection that is in a transaction.
     *
     * @return false if the row is not as expected, so that neither the change nor the events of the job may be stored
     */
    Future<Boolean> change(SqlConnection transaction);

    /** Called when the events are stored without those of the job. */
    void refused();

    /** Called when the events are stored; also after {@link #refused}. */
    void stored();
}
